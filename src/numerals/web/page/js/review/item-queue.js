// @ts-check
// The items of a list, in order. The next ones are loaded early, with their pictures, so that they
// appear at once.

import { picture } from "../batch/pictures.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */

const FETCH_SIZE = 20; // items per request
const MIN_LOADED = 8; // items; with fewer, more are requested
const N_PREFETCHED = 4; // items whose pictures are requested early

export class ItemQueue {
  /**
   * @param {(limit: number) => Promise<{waiting?: number, items: CheckItem[]}>} load
   * @param {object} options
   * @param {() => void} options.onfill called when items were loaded
   * @param {(error: Error) => void} options.onerror
   * @param {() => Promise<unknown>} options.settled waits until all answers are sent
   */
  constructor(load, { onfill, onerror, settled }) {
    this.load = load;
    this.onfill = onfill;
    this.onerror = onerror;
    this.settled = settled;
    /** @type {CheckItem[]} */
    this.items = [];
    this.waiting = 0;
    /** @type {Set<string>} */
    this.handled = new Set(); // ids of items that were taken
    this.isFilling = false;
  }

  /** Load the list again; skipped items may appear again. */
  async restart() {
    await this.settled();
    this.handled.clear();
    this.items = [];
    await this.#fill();
  }

  get first() {
    return this.items[0];
  }

  /** Remove the first item. */
  take() {
    const item = /** @type {CheckItem} */ (this.items.shift());
    this.handled.add(item.id);
    this.waiting = Math.max(0, this.waiting - 1);
    this.#prefetch();
    if (this.items.length < MIN_LOADED && this.waiting > this.items.length) this.#fillLater();
    return item;
  }

  /** Show items next. @param {CheckItem[]} items @param {boolean} areNew whether they were not counted */
  putBack(items, areNew = true) {
    const ids = new Set(items.map(({ id }) => id));
    for (const id of ids) this.handled.delete(id);
    const rest = this.items.filter(({ id }) => !ids.has(id));
    if (areNew) this.waiting += items.length - (this.items.length - rest.length);
    this.items = [...items, ...rest];
    this.#prefetch();
  }

  async #fillLater() {
    if (this.isFilling) return;
    this.isFilling = true;
    try {
      await this.settled(); // so that the list does not contain what was answered
      await this.#fill();
    } catch (error) {
      this.onerror(/** @type {Error} */ (error));
    } finally {
      this.isFilling = false;
    }
  }

  async #fill() {
    const found = await this.load(FETCH_SIZE);
    // The list may contain items that were handled during the request.
    const known = new Set([...this.handled, ...this.items.map(({ id }) => id)]);
    this.items.push(...found.items.filter(({ id }) => !known.has(id)));
    const nHandled = found.items.filter(({ id }) => this.handled.has(id)).length;
    this.waiting = Math.max((found.waiting ?? 0) - nHandled, this.items.length);
    this.#prefetch();
    this.onfill();
  }

  #prefetch() {
    for (const item of this.items.slice(0, N_PREFETCHED)) {
      for (const address of [item.crop, item.page_of?.picture]) {
        if (address) decode(address);
      }
    }
  }
}

/** Decode a picture before it is shown. @param {string} address */
async function decode(address) {
  const image = new Image();
  try {
    image.src = await picture(address);
    await image.decode();
  } catch {
    // It is requested again when it is shown.
  }
}

// @ts-check
// The page that a number is on, zoomed to its line, with the neighbours dimmed.

import { picture } from "../batch/pictures.js";
import { h, setText } from "../dom.js";
import { PageGeometry } from "../tables/page-geometry.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {import("../types.js").Box} Box */

const NARROW = "(max-width: 60rem)"; // as in review.css: narrower windows hide the page
const LINE_SHARE = 0.16; // of the height of the panel, that the line takes when zoomed
const WIDTH_SHARE = 0.72; // at most, of its width
const FRAME_MARGIN = 0.18; // around a line, as a share of its height
const FRAME_WIDTH = 3; // pixels of the screen

export class PagePicture {
  constructor() {
    this.image = h("img", { alt: "" });
    this.frame = h("div", { class: "check-frame" });
    this.stage = h("div", { class: "check-stage" }, this.image, this.frame);
    this.caption = h("p", { class: "small check-caption" });
    this.view = h("div", { class: "check-view" }, this.stage);
    this.element = h("figure", { class: "check-page", hidden: true }, this.view, this.caption);
    this.isWhole = false; // whether the whole page is shown
    /** @type {CheckItem | null} */
    this.item = null;
    this.view.addEventListener("click", () => {
      if (matchMedia(NARROW).matches) this.#showWhole(!this.isWhole);
    });
    new ResizeObserver(() => this.#place()).observe(this.view);
  }

  /** Show the page of an item. @param {CheckItem | null} item */
  show(item) {
    const page = item?.page_of;
    this.item = item;
    const hasPicture = Boolean(item?.box && page?.picture);
    this.element.hidden = !hasPicture;
    this.element.parentElement?.classList.toggle("with-picture", hasPicture);
    if (!item || !page?.picture) return;
    const number = (item.page ?? 1) > 1 ? `, page ${item.page}` : "";
    setText(this.caption, `${item.source}${number}`);
    this.#load(page.picture, `Page ${item.page} of ${item.source}`);
    this.#place();
  }

  /**
   * Show the whole page, or its line. In a narrow window, show the line with its neighbours, or hide
   * the page; a tap on it shows the whole page.
   * @param {HTMLElement} body that the page is in
   * @returns {boolean} whether more is shown than at first
   */
  toggle(body) {
    if (matchMedia(NARROW).matches) {
      const isOpen = body.classList.toggle("page-open");
      this.#showWhole(false);
      if (isOpen) this.element.scrollIntoView({ block: "nearest" });
      return isOpen;
    }
    this.#showWhole(!this.isWhole);
    return this.isWhole;
  }

  /** @param {boolean} isWhole */
  #showWhole(isWhole) {
    this.isWhole = isWhole;
    this.#place();
  }

  /** @param {string} address @param {string} name */
  async #load(address, name) {
    if (this.image.dataset.address === address) return;
    this.image.dataset.address = address;
    this.view.classList.add("loading");
    try {
      const url = await picture(address);
      if (this.image.dataset.address !== address) return;
      this.image.src = url;
      this.image.alt = name;
    } catch {
      if (this.image.dataset.address !== address) return;
      this.image.dataset.address = ""; // it may be there later
      this.element.hidden = true;
      this.element.parentElement?.classList.remove("with-picture");
    }
    this.view.classList.remove("loading");
  }

  /** Place the page so that the line is in the middle of the panel. */
  #place() {
    const { item } = this;
    if (!item?.box || !item.page_of || this.element.hidden) return;
    const { width, height } = item.page_of;
    const geometry = new PageGeometry({ width, height }, item.page_of.turn);
    const [panelWidth, panelHeight] = [this.view.clientWidth, this.view.clientHeight];
    if (!panelWidth || !panelHeight) return;
    const box = withMargin(item.box);
    const [left, top, right, bottom] = geometry.upright(this.isWhole ? [0, 0, width, height] : box);
    const [w, hgt] = [right - left, bottom - top];
    const fit = Math.min(panelWidth / w, panelHeight / hgt);
    const zoom = Math.min((LINE_SHARE * panelHeight) / hgt, (WIDTH_SHARE * panelWidth) / w);
    const scale = this.isWhole ? fit : zoom;
    this.stage.style.width = `${width}px`;
    this.stage.style.height = `${height}px`;
    this.stage.style.transform =
      `translate(${panelWidth / 2 - ((left + right) / 2) * scale}px, ${panelHeight / 2 - ((top + bottom) / 2) * scale}px) ` +
      `scale(${scale}) ${geometry.transform}`;
    Object.assign(this.frame.style, {
      left: `${box[0]}px`,
      top: `${box[1]}px`,
      width: `${box[2] - box[0]}px`,
      height: `${box[3] - box[1]}px`,
      outlineWidth: `${FRAME_WIDTH / scale}px`,
      borderRadius: `${4 / scale}px`,
    });
    // The shadow dims the rest of the page.
    this.frame.style.boxShadow = `0 0 0 ${width + height}px var(--dim)`;
  }
}

/** @param {Box} box @returns {Box} */
function withMargin([left, top, right, bottom]) {
  const margin = FRAME_MARGIN * Math.min(bottom - top, right - left) + 2;
  return [left - margin, top - margin, right + margin, bottom + margin];
}

// @ts-check
// The answers of this session: sent in the background, in order, and undone with Ctrl Z.

import { ApiError, newKey } from "../api.js";
import { userName } from "../settings.js";
import { answerTogether, sendAnswer, sendKeying, sendSkip, sendUndo, undoKeying, undoTogether } from "./service.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */

const MAX_PAUSE = 20_000; // ms; longer times between two answers count as a break

/**
 * Something that can be undone.
 * @typedef {object} Done
 * @property {CheckItem[]} items
 * @property {string} label
 * @property {"confirmed" | "corrected" | "skipped"} kind
 * @property {string} [text] the answer
 * @property {string | undefined} before the answer that it replaced, if the item was answered before
 * @property {object} screen that did it
 * @property {() => Promise<unknown>} revert
 */

export class Answers {
  /**
   * @param {object} options
   * @param {() => void} options.onchange called when something was done or undone
   * @param {(error: Error, done: Done) => void} options.onerror called if it could not be sent
   * @param {(message: string) => void} options.onconflict called if other users were faster
   */
  constructor({ onchange, onerror, onconflict }) {
    this.onchange = onchange;
    this.onconflict = onconflict;
    this.onerror = onerror;
    /** @type {Done[]} */
    this.done = []; // newest last
    this.count = 0;
    this.totalTime = 0; // ms
    this.lastTime = 0; // ms
    /** @type {Promise<unknown>} */
    this.sending = Promise.resolve();
    /** @type {Map<string, string>} */
    this.keys = new Map(); // change -> idempotency key, so that a retry is stored once
  }

  /**
   * Answer an item.
   * @param {object} screen
   * @param {CheckItem} item
   * @param {string} text "" for nothing here
   * @param {boolean} [asWritten] although it does not match the format
   */
  answer(screen, item, text, asWritten = false) {
    const before = item.given;
    item.given = text;
    const kind = text === item.read ? "confirmed" : "corrected";
    this.#add({ ...this.#done(screen, [item], label(text, item), kind), before, text }, () => {
      const format = asWritten ? {} : { format: item.format };
      return this.#send(sendAnswer, item, { text, ...format });
    });
    setValue(item, text);
  }

  /** @param {object} screen @param {CheckItem} item */
  skip(screen, item) {
    const isUnchanged = item.state !== "waiting"; // keep the answer of another user
    const done = this.#done(screen, [item], `${item.read || "a number"} skipped`, "skipped");
    if (isUnchanged) done.revert = async () => {};
    this.#add(done, () => (isUnchanged ? Promise.resolve() : this.#send(sendSkip, item, {})));
  }

  /**
   * Key an item: the answer of one of two reviewers.
   * @param {object} screen
   * @param {CheckItem} item
   * @param {string} text
   */
  key(screen, item, text) {
    const by = userName();
    const before = item.given;
    item.given = text;
    const done = this.#done(screen, [item], text || "nothing", "corrected");
    done.revert = () => undoKeying(item, by);
    if (before !== undefined) done.revert = () => sendKeying(item, before, by);
    this.#add({ ...done, before, label: `${text || "nothing"} keyed` }, () => sendKeying(item, text, by));
  }

  /**
   * Give several items the same answer.
   * @param {object} screen
   * @param {CheckItem[]} items
   * @param {string | null} text null: as they were read
   * @param {string} name
   */
  answerTogether(screen, items, text, name) {
    const by = userName();
    const done = this.#done(screen, items, name, text === null ? "confirmed" : "corrected");
    done.revert = () => undoTogether(done.items, by);
    this.#add(done, async () => {
      const conflicts = new Set((await answerTogether(items, text, by)).map(({ id }) => id));
      if (!conflicts.size) return;
      done.items = items.filter(({ id }) => !conflicts.has(id));
      this.count -= conflicts.size;
      this.onconflict(conflictMessage(conflicts.size));
    });
  }

  /** Undo what was done last; return it, or null if there was nothing. */
  async undo() {
    await this.sending;
    const last = this.done.pop();
    if (!last) return null;
    try {
      await last.revert();
    } catch (error) {
      this.done.push(last);
      throw error;
    }
    if (last.kind !== "skipped") this.count -= last.items.length;
    for (const item of last.items) {
      item.given = last.before;
      if (last.before === undefined) item.state = "waiting";
      setValue(item, last.before ?? item.read);
    }
    this.onchange();
    return last;
  }

  /** Wait until everything is sent. */
  settled = () => this.sending;

  /** Restart the clock, because the user did something else. */
  rest() {
    this.lastTime = 0;
  }

  /**
   * @param {object} screen
   * @param {CheckItem[]} items
   * @param {string} name
   * @param {Done["kind"]} kind
   * @returns {Done}
   */
  #done(screen, items, name, kind) {
    const revert = async () => {
      const [item] = items;
      const { version, change, state } = await sendUndo(item, userName());
      Object.assign(item, { version, change, state });
    };
    return { items, label: name, kind, before: undefined, screen, revert };
  }

  /** @param {Done} done @param {() => Promise<unknown>} send */
  #add(done, send) {
    this.done.push(done);
    const now = performance.now();
    this.totalTime += this.lastTime ? Math.min(now - this.lastTime, MAX_PAUSE) : 0;
    this.lastTime = now;
    if (done.kind !== "skipped") this.count += done.items.length;
    this.sending = this.sending.then(send).catch((error) => {
      const at = this.done.indexOf(done);
      if (at >= 0) this.done.splice(at, 1);
      if (done.kind !== "skipped") this.count -= done.items.length;
      for (const item of done.items) {
        item.given = done.before;
        Object.assign(item, currentOf(error));
      }
      this.onerror(error, done);
      this.onchange();
    });
    this.onchange();
  }

  /**
   * @param {typeof sendAnswer} send
   * @param {CheckItem} item
   * @param {object} body
   */
  async #send(send, item, body) {
    const json = { ...body, by: userName(), version: item.version };
    const request = JSON.stringify([item.id, json]);
    const key = this.keys.get(request) ?? newKey();
    this.keys.set(request, key);
    const { version, change, state } = await send(item, json, key);
    this.keys.delete(request);
    Object.assign(item, { version, change, state });
  }
}

/** The item as another user has changed it, if that is the reason of an error. @param {unknown} error */
function currentOf(error) {
  const current = error instanceof ApiError ? error.current : null;
  return current ? { text: current.text, state: current.state, version: current.version, by: current.by } : {};
}

/** @param {CheckItem} item @param {string} text */
function setValue({ field, page_of: page }, text) {
  if (page && field && field in page.values) page.values[field] = text;
}

/** @param {string} text @param {CheckItem} item */
function label(text, item) {
  const shown = text || "nothing here";
  return text === item.read ? `${shown} confirmed` : `${shown} corrected from ${item.read || "nothing"}`;
}

/** @param {number} n */
const conflictMessage = (n) =>
  n === 1
    ? "Another user has answered one of these numbers. Their answer was kept."
    : `Another user has answered ${n} of these numbers. Their answers were kept.`;

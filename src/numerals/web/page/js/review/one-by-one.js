// @ts-check
// One number after the other: the page on the left, the number and its input on the right.

import { describe, percent } from "../confidence.js";
import { h } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { showHistory } from "./history.js";
import { ItemQueue } from "./item-queue.js";
import { NumberCard } from "./number-card.js";
import { initialText, problemOf } from "./number-input.js";
import { PagePicture } from "./page-picture.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {import("./screens.js").Desk} Desk */

const MAX_ALTERNATIVES = 4;

export class OneByOne {
  /**
   * @param {Desk} desk
   * @param {(limit: number) => Promise<{waiting?: number, items: CheckItem[]}>} load
   * @param {Element | null} [empty] what is shown when nothing is left
   */
  constructor(desk, load, empty = null) {
    this.desk = desk;
    this.queue = new ItemQueue(load, {
      onfill: () => this.showNext(),
      onerror: (error) => desk.fail(error, () => this.enter()),
      settled: () => desk.answers.settled(),
    });
    /** @type {CheckItem[]} */
    this.visited = []; // answered items, for going back
    this.at = 0; // index of the shown one; visited.length for the next of the queue
    /** @type {CheckItem | null} */
    this.shown = null;
    this.picture = new PagePicture();
    this.card = new NumberCard({
      accept: () => this.accept(),
      nothing: () => this.answer(""),
      back: () => this.back(),
      skip: () => this.skip(),
      page: () => this.togglePage(),
      history: () => void this.toggleHistory(),
    });
    this.body = h("div", { class: "check-body", hidden: true }, this.picture.element, this.card.element);
    this.empty = h("div", { class: "check-empty", hidden: true }, empty);
    this.element = h("div", {}, this.body, this.empty);
  }

  async enter() {
    this.shown = null;
    this.visited = [];
    this.at = 0;
    await this.queue.restart();
  }

  /** Show items that are not in the list, such as marks. @param {CheckItem[]} items */
  insert(items) {
    this.queue.putBack(items);
    this.at = this.visited.length;
    this.showNext();
  }

  get waiting() {
    return this.queue.waiting;
  }

  /** Show the item at the current position, unless it is shown already. */
  showNext() {
    const item = this.visited[this.at] ?? this.queue.first ?? null;
    this.body.hidden = !item;
    this.empty.hidden = Boolean(item);
    if (!item) {
      this.shown = null;
      this.picture.show(null);
    } else if (this.shown !== item) {
      this.shown = item;
      this.card.show(item, this.startText(item), this.about(item));
      this.card.offer(this.choices(item));
      this.picture.show(item);
      this.card.pageButton.hidden = this.picture.element.hidden;
    }
    this.desk.showProgress();
  }

  /** @param {CheckItem} item */
  startText(item) {
    return initialText(item);
  }

  /** Return how an item was read. @param {CheckItem} item */
  about(item) {
    if (item.state !== "waiting" && item.given === undefined && item.by) {
      return `Answered by ${item.by}: ${item.text || "nothing here"}`;
    }
    const read = `Read as ${item.read || "empty"}: ${describe(item.confidence)}`;
    return [read, item.note].filter(Boolean).join(" · ");
  }

  /** @param {CheckItem} item @returns {{text: string, note: string}[]} */
  choices(item) {
    const readings = [{ text: item.read, confidence: item.confidence }, ...item.alternatives];
    const others = readings.filter(({ text }, at) => text && (at === 0 || text !== item.read));
    return others
      .filter(({ text }) => text !== this.card.text)
      .slice(0, MAX_ALTERNATIVES)
      .map(({ text, confidence }) => ({ text, note: percent(confidence) }));
  }

  accept() {
    const item = this.shown;
    if (!item) return;
    const problem = problemOf(this.card.text, item);
    if (!problem) return this.answer(this.card.text);
    this.desk.say(problem);
    this.card.input.focus();
  }

  /** @param {string} text "" for nothing here */
  answer(text) {
    const item = this.shown;
    if (!item) return;
    this.desk.say("");
    if (item.given !== text) this.send(item, text);
    this.passed(item);
  }

  /** @param {CheckItem} item @param {string} text */
  send(item, text) {
    this.desk.answers.answer(this, item, text);
  }

  skip() {
    const item = this.shown;
    if (!item) return;
    this.desk.say("");
    if (item.given === undefined) this.desk.answers.skip(this, item);
    this.passed(item);
  }

  /** Go on from an item that was answered or skipped. @param {CheckItem} item */
  passed(item) {
    if (this.shown !== item) return;
    if (this.visited[this.at] !== item) {
      this.queue.take();
      this.visited.push(item);
    }
    this.at += 1;
    this.showNext();
  }

  /** Show the number before, with its answer. */
  back() {
    if (this.at === 0) return this.desk.say("This is the first number.");
    this.desk.say("");
    this.desk.answers.rest();
    this.at -= 1;
    this.showNext();
  }

  /** Show an item that was undone, or could not be sent. @param {CheckItem} item */
  restore(item) {
    const at = this.visited.lastIndexOf(item);
    if (item.given === undefined) {
      if (at >= 0) this.visited.splice(at, 1);
      this.queue.putBack([item]);
      this.at = this.visited.length;
    } else if (at >= 0) {
      this.at = at;
    }
    this.shown = null; // its input is filled again
    this.showNext();
  }

  /** Show the whole page, or the line; on a phone, show or hide the page. */
  togglePage() {
    const isPressed = this.picture.toggle(this.body);
    this.card.pageButton.setAttribute("aria-pressed", String(isPressed));
  }

  async toggleHistory() {
    const { card, shown: item } = this;
    if (!card.history.hidden || !item) return card.closeHistory();
    card.openHistory();
    await runWithNotice(this.desk.notice, async () => {
      await this.desk.answers.settled();
      await showHistory(card.history, item);
    });
  }

  /** Handle a key; return whether it was one of this screen. @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.shown) return false;
    const isInside = event.target === this.card.input || event.target === document.body;
    if (event.key === "Enter" && event.repeat) return true; // holding Enter accepts one number
    if (event.key === "Delete" && isInside && !this.card.isEdited) {
      if (!event.repeat) this.answer("");
      return true;
    }
    /** @type {Record<string, () => void>} */
    const commands = {
      s: () => this.skip(),
      b: () => this.back(),
      p: () => this.togglePage(),
      h: () => void this.toggleHistory(),
    };
    const command = commands[event.key.toLowerCase()];
    if (!command || (command === commands.p && this.card.pageButton.hidden)) return false;
    if (!event.repeat) command();
    return true;
  }

  /** Whether Ctrl Z belongs to the text that is being typed. */
  isTyping() {
    return this.shown !== null && this.card.isEdited;
  }
}

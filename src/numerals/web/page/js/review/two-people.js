// @ts-check
// Double keying: two people answer each number, blind to the reading and to each other. Where they
// differ, a third answer decides.

import { $, h } from "../dom.js";
import { NO_NAME, userName } from "../settings.js";
import { OneByOne } from "./one-by-one.js";
import { listDifferences, listKeying } from "./service.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {import("./screens.js").Desk} Desk */

/** Numbers that nobody has settled, without their readings. */
class Keying extends OneByOne {
  /** @param {CheckItem} item */
  startText(item) {
    return item.given ?? "";
  }

  about() {
    return "Type what you see. The reading is not shown.";
  }

  choices() {
    return [];
  }

  /** @param {CheckItem} item @param {string} text */
  send(item, text) {
    this.desk.answers.key(this, item, text);
  }
}

/** Numbers with two different answers. */
class Decisions extends OneByOne {
  /** @param {CheckItem} item */
  startText(item) {
    return item.given ?? "";
  }

  /** @param {CheckItem} item */
  about(item) {
    const answers = (item.answers ?? []).map(({ by, text }) => `${by}: ${text || "nothing here"}`);
    return `${answers.join(" · ")}. Which is right?`;
  }

  /** @param {CheckItem} item */
  choices(item) {
    return (item.answers ?? []).filter(({ text }) => text).map(({ by, text }) => ({ text, note: by }));
  }
}

function askForName() {
  const name = /** @type {HTMLInputElement} */ ($("#check-by"));
  const folded = name.closest("details");
  if (folded) folded.open = true;
  name.focus();
}

export class TwoPeople {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.isDeciding = false;
    this.nDifferences = 0;
    this.about = h("p", { class: "check-about" });
    this.needsName = h(
      "div",
      { class: "check-empty", hidden: true },
      h("p", { class: "empty-title" }, "Who are you?"),
      h("button", { type: "button", class: "primary", onclick: askForName }, "Enter your name"),
    );
    this.switch = h("button", { type: "button", onclick: () => this.#switch() });
    this.keying = new Keying(
      desk,
      async (limit) => {
        const found = await listKeying(desk.filter(), userName(), limit);
        this.nDifferences = found.differences;
        return found;
      },
      h("p", { class: "empty-title" }, "You have typed all numbers"),
    );
    // Skipping would hide a number from the other person, too; the history has the reading.
    this.keying.card.skipButton.hidden = true;
    this.keying.card.historyButton.hidden = true;
    this.decisions = new Decisions(
      desk,
      async (limit) => {
        const found = await listDifferences(desk.filter(), limit);
        this.nDifferences = found.items.length;
        return { ...found, waiting: found.items.length };
      },
      h("p", { class: "empty-title" }, "No differences"),
    );
    this.place = h("div", {});
    this.element = h(
      "div",
      {},
      h("div", { class: "check-two" }, this.about, this.switch),
      this.needsName,
      this.place,
    );
  }

  get screen() {
    return this.isDeciding ? this.decisions : this.keying;
  }

  async enter() {
    const hasName = userName() !== NO_NAME;
    this.needsName.hidden = hasName;
    this.place.hidden = !hasName;
    this.place.replaceChildren(this.screen.element);
    if (hasName) {
      await this.screen.enter();
    }
    const you = hasName ? ` You are ${userName()}.` : "";
    this.about.textContent = this.isDeciding
      ? "Two people have typed different numbers. Decide which is right."
      : `Two people type each number without seeing the other's answer.${you}`;
    this.#showSwitch();
  }

  #showSwitch() {
    this.switch.hidden = !this.isDeciding && this.nDifferences === 0;
    this.switch.textContent = this.isDeciding
      ? "Back to typing"
      : `Decide ${this.nDifferences} ${this.nDifferences === 1 ? "difference" : "differences"}`;
  }

  #switch() {
    this.isDeciding = !this.isDeciding;
    this.enter().catch((error) => this.desk.fail(error, () => this.enter()));
  }

  get waiting() {
    return this.screen.waiting;
  }

  get progress() {
    this.#showSwitch();
    if (!this.needsName.hidden) return "";
    return this.isDeciding ? `${this.waiting} to decide` : `${this.waiting} to type`;
  }

  /** @param {CheckItem} item */
  restore(item) {
    this.screen.restore(item);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.isDeciding && ["s", "h"].includes(event.key.toLowerCase())) return true;
    return this.screen.onKey(event);
  }

  isTyping() {
    return this.screen.isTyping();
  }
}

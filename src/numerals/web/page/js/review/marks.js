// @ts-check
// Marks that are probably not numbers, such as texture and noise: collapsed, and answered together.

import { h, setText } from "../dom.js";
import { CropGrid } from "./crop-grid.js";
import { listWaiting } from "./service.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {import("./screens.js").Desk} Desk */

const MAX_SHOWN = 200;

export class Marks {
  /** @param {Desk} desk @param {(items: CheckItem[]) => void} onnumbers gets those that are numbers */
  constructor(desk, onnumbers) {
    this.desk = desk;
    this.onnumbers = onnumbers;
    this.count = 0;
    this.summary = h("summary", {});
    this.grid = new CropGrid("Marks", "a number", () => this.#showButton());
    this.more = h("p", { class: "small" });
    this.none = h("button", { type: "button", class: "primary", onclick: () => this.#accept() });
    this.element = h(
      "details",
      { class: "check-marks", hidden: true },
      this.summary,
      h("p", { class: "small" }, "Click those that are numbers after all."),
      this.grid.element,
      this.more,
      h("div", { class: "toolbar" }, this.none),
    );
    this.element.addEventListener("toggle", () => {
      if (this.element.open) this.#load();
    });
  }

  /** @param {number} count */
  show(count) {
    if (count === this.count && this.element.open) return;
    this.count = count;
    this.element.hidden = count === 0;
    setText(this.summary, `${count} ${count === 1 ? "mark that is" : "marks that are"} probably not ${count === 1 ? "a number" : "numbers"}`);
    if (this.element.open) this.#load();
  }

  async #load() {
    try {
      await this.desk.answers.settled();
      const query = { marks: "only", order: "confidence" };
      const { items } = await listWaiting(this.desk.filter(), MAX_SHOWN, query);
      this.grid.show(items, "Marks that are probably not numbers", "a number");
      const nMore = this.count - items.length;
      setText(this.more, nMore > 0 ? `${nMore} more follow.` : "");
      this.#showButton();
    } catch (error) {
      this.desk.fail(/** @type {Error} */ (error), () => this.#load());
    }
  }

  #showButton() {
    const nPicked = this.grid.itemsThat(true).length;
    const nRest = this.grid.itemsThat(false).length;
    setText(this.none, nPicked ? `The other ${nRest} are not numbers` : "None of these is a number");
  }

  #accept() {
    const rest = this.grid.itemsThat(false);
    const numbers = this.grid.itemsThat(true);
    if (rest.length) {
      const name = `${rest.length} marks: nothing here`;
      this.desk.answers.answerTogether(this, rest, "", name);
    }
    const nLeft = Math.max(0, this.count - rest.length - numbers.length);
    this.element.open = nLeft > 0;
    this.show(nLeft);
    if (numbers.length) this.onnumbers(numbers);
  }

  /** Show the marks again after an undo. @param {CheckItem} _item */
  restore(_item) {}
}

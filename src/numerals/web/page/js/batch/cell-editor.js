// @ts-check
// The field in which a number of the table is changed. Enter accepts, Esc leaves it as it was.

import { h } from "../dom.js";

/** @typedef {import("../batches/batches.js").Row} Row */

export class CellEditor {
  /**
   * @param {(number: Row, text: string) => void} oncorrect
   * @param {(step: number) => void} onclose called with the number of rows to move on
   */
  constructor(oncorrect, onclose) {
    this.oncorrect = oncorrect;
    this.onclose = onclose;
    /** @type {HTMLInputElement} */
    this.input = h("input", {
      class: "cell-input",
      "aria-label": "Correct number",
      autocomplete: "off",
      inputmode: "decimal",
      spellcheck: "false",
      maxlength: 200,
    });
    /** @type {{cell: HTMLElement, number: Row} | null} */
    this.open_ = null;
    this.input.addEventListener("keydown", (event) => this.#onKey(event));
    this.input.addEventListener("blur", () => this.close());
  }

  isIn(/** @type {HTMLElement} */ element) {
    return Boolean(this.open_ && element.contains(this.input));
  }

  /** @param {HTMLElement} cell @param {Row} number @param {string | null} character */
  open(cell, number, character) {
    this.close();
    this.open_ = { cell, number };
    cell.classList.add("editing");
    cell.replaceChildren(this.input);
    this.input.value = character ?? number.text;
    this.input.focus({ preventScroll: true });
    if (character === null) this.input.select();
  }

  /** Close without a change; the cell is drawn again by `oncorrect` or `restore`. */
  close() {
    const open = this.open_;
    if (!open) return;
    this.open_ = null;
    open.cell.classList.remove("editing");
    delete open.cell.dataset.key;
    this.input.remove();
    this.onrestore?.();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation();
    const open = this.open_;
    if (!open || !["Enter", "Escape", "Tab"].includes(event.key)) return;
    event.preventDefault();
    const text = this.input.value.trim();
    this.close();
    if (event.key !== "Escape") this.oncorrect(open.number, text);
    this.onclose(event.key === "Enter" ? 1 : 0);
  }

  /** @type {(() => void) | null} */
  onrestore = null;
}

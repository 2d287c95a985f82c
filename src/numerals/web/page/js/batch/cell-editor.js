// @ts-check
// The field in which a number of the table is changed. Enter accepts, Esc leaves it as it was.

import { h } from "../dom.js";

/** @typedef {import("../batches/batches.js").Row} Row */
/** @typedef {ReturnType<typeof import("./cells.js").makeNumberCell>} NumberCell */

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
    /** @type {{cell: NumberCell, number: Row} | null} */
    this.edited = null;
    this.input.addEventListener("keydown", (event) => this.#onKey(event));
    this.input.addEventListener("blur", () => this.close());
  }

  isIn(/** @type {HTMLElement} */ element) {
    return this.edited !== null && element.contains(this.input);
  }

  /** @param {NumberCell} cell @param {Row} number @param {string | null} character */
  open(cell, number, character) {
    this.close();
    this.edited = { cell, number };
    cell.setEditor(this.input);
    this.input.value = character ?? number.text;
    this.input.focus({ preventScroll: true });
    if (character === null) this.input.select();
  }

  /** Close without a change. */
  close() {
    const { edited } = this;
    this.edited = null; // first, because removing the input blurs it, which closes it again
    edited?.cell.setEditor(null);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation();
    const { edited } = this;
    if (!edited || !["Enter", "Escape", "Tab"].includes(event.key)) return;
    event.preventDefault();
    const text = this.input.value.trim();
    this.close();
    if (event.key !== "Escape") this.oncorrect(edited.number, text);
    this.onclose(event.key === "Enter" ? 1 : 0);
  }
}

// @ts-check
// The field in which a number of a table is changed. Enter, Tab and the arrow keys accept, Esc leaves
// it as it was.

import { h } from "../dom.js";

/** @typedef {{setEditor: (editor: HTMLElement | null) => void}} EditedCell */

const CLOSING_KEYS = ["Enter", "Escape", "Tab", "ArrowUp", "ArrowDown"];
// In a text that replaces a number, as in a spreadsheet; in the old text they move the cursor.
const REPLACING_KEYS = ["ArrowLeft", "ArrowRight"];

/** @template {{text: string}} T what is changed */
export class CellEditor {
  /**
   * @param {object} options
   * @param {(edited: T, text: string) => void} options.onaccept
   * @param {(key: string, isShift: boolean) => void} options.onclose called with the key that closed it
   * @param {(text: string) => void} [options.oninput]
   * @param {(edited: T, text: string) => string} [options.problem] why a text is not accepted, or ""
   * @param {boolean} [options.acceptsOnBlur] whether a change is accepted when the focus moves
   */
  constructor({ onaccept, onclose, oninput, problem, acceptsOnBlur = false }) {
    this.onaccept = onaccept;
    this.onclose = onclose;
    this.problem = problem;
    /** @type {HTMLInputElement} */
    this.input = h("input", {
      class: "cell-input",
      "aria-label": "Correct number",
      autocomplete: "off",
      inputmode: "decimal",
      spellcheck: "false",
      maxlength: 200,
    });
    /** @type {{cell: EditedCell, edited: T, isReplacing: boolean} | null} */
    this.current = null;
    this.input.addEventListener("keydown", (event) => this.#onKey(event));
    this.input.addEventListener("input", () => {
      this.input.setCustomValidity("");
      oninput?.(this.input.value);
    });
    this.input.addEventListener("blur", () => {
      if (document.activeElement === this.input) return; // another window has the focus
      if (acceptsOnBlur) this.#accept();
      this.close();
    });
  }

  isIn(/** @type {HTMLElement} */ element) {
    return this.current !== null && element.contains(this.input);
  }

  /** @param {EditedCell} cell @param {T} edited @param {string | null} character that replaces the text */
  open(cell, edited, character) {
    this.close();
    this.current = { cell, edited, isReplacing: character !== null };
    cell.setEditor(this.input);
    this.input.setCustomValidity("");
    this.input.value = character ?? edited.text;
    this.input.focus({ preventScroll: true });
    if (character === null) this.input.select();
  }

  /** Close without a change. */
  close() {
    const { current } = this;
    this.current = null; // first, because removing the input blurs it, which closes it again
    current?.cell.setEditor(null);
  }

  /** Accept a changed text, unless there is a problem with it. */
  #accept() {
    const text = this.input.value.trim();
    const { current } = this;
    if (!current || text === current.edited.text || this.problem?.(current.edited, text)) return;
    this.current = null;
    current.cell.setEditor(null);
    this.onaccept(current.edited, text);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation();
    const { current } = this;
    const isClosing =
      CLOSING_KEYS.includes(event.key) || (current?.isReplacing && REPLACING_KEYS.includes(event.key));
    if (!current || !isClosing || event.isComposing) return;
    event.preventDefault();
    const text = this.input.value.trim();
    const isAccepted = event.key !== "Escape";
    const problem = isAccepted ? (this.problem?.(current.edited, text) ?? "") : "";
    this.input.setCustomValidity(problem);
    if (problem) {
      this.input.reportValidity();
      return;
    }
    this.close();
    if (isAccepted) this.onaccept(current.edited, text);
    this.onclose(event.key, event.shiftKey);
  }
}

// @ts-check
// A table as a spreadsheet shows it. The selected cell has the focus; typing replaces its text.

import { answerProblem } from "../answer-text.js";
import { CellEditor } from "../batch/cell-editor.js";
import { h, icon } from "../dom.js";
import { cellName, cellStatus, readingOf, textOf } from "./cells.js";

/** @typedef {import("./cells.js").Cell} Cell */
/** @typedef {import("./cells.js").CellTable} CellTable */

const PAGE_ROWS = 10; // that Page Up and Page Down move
const NAME = "Cells of the table. Type to change a cell, Escape leaves the table.";

export class Grid {
  /**
   * @param {CellTable} table
   * @param {object} options
   * @param {(cell: Cell) => void} options.onselect
   * @param {(cell: Cell, text: string) => void} options.onanswer
   * @param {(cell: Cell, text: string) => void} options.ondraft called while a text is typed
   * @param {(isShift: boolean) => void} options.onenter called when Enter was pressed
   * @param {() => void} options.onleave called when Escape was pressed, and no cell is edited
   * @param {(axis: "row" | "column") => void} options.onextend called to add a row or column
   */
  constructor(table, { onselect, onanswer, ondraft, onenter, onleave, onextend }) {
    this.table = table;
    this.onselect = onselect;
    this.onenter = onenter;
    this.onleave = onleave;
    /** @type {Cell} */
    this.selected = table.cells[0];
    /** @type {Map<Cell, HTMLElement>} */
    this.elements = new Map(table.cells.map((cell) => [cell, this.#makeCell(cell)]));
    this.body = h("tbody", {}, table.rows().map((cells) => this.#makeRow(cells)));
    const add = (/** @type {"row" | "column"} */ axis) =>
      h("button", { type: "button", class: "add", onclick: () => onextend(axis) }, icon("add"), `Add a ${axis}`);
    const buttons = h("div", { class: "grid-buttons" }, add("row"), add("column"));
    this.element = h("div", { class: "grid-scroll" }, this.#makeTable(), buttons);
    this.editor = new CellEditor({
      /** @param {{cell: Cell, text: string}} edited @param {string} text */
      onaccept: ({ cell }, text) => onanswer(cell, text),
      onclose: (key, isShift) => this.#afterEdit(key, isShift),
      oninput: (text) => ondraft(this.selected, text),
      problem: ({ cell }, text) => answerProblem(text, readingOf(cell)),
      acceptsOnBlur: true,
    });
    this.body.addEventListener("keydown", (event) => this.#onKey(event));
    this.body.addEventListener("click", (event) => this.#onClick(event));
    this.#mark(this.selected);
  }

  #makeTable() {
    const { nRows, nColumns } = this.table;
    const columns = Array.from({ length: nColumns }, (_, at) => h("th", { scope: "col" }, at + 1));
    const size = { "aria-rowcount": nRows + 1, "aria-colcount": nColumns + 1 };
    return h(
      "table",
      { class: "cell-grid", role: "grid", "aria-label": NAME, ...size },
      h("thead", {}, h("tr", {}, h("td", { class: "corner" }), columns)),
      this.body,
    );
  }

  /** @param {Cell[]} cells */
  #makeRow(cells) {
    const name = h("th", { scope: "row" }, cells[0].row);
    return h("tr", {}, name, cells.map((cell) => this.elements.get(cell)));
  }

  /** @param {Cell} cell */
  #makeCell(cell) {
    const element = h("td", { role: "gridcell", tabindex: -1, "data-row": cell.row, "data-column": cell.column });
    fill(element, cell);
    return element;
  }

  /** Show a cell again, whose text or state has changed. @param {Cell} cell */
  update(cell) {
    const element = this.#elementOf(cell);
    if (!this.editor.isIn(element)) fill(element, cell);
  }

  /** Select a cell and scroll to it. @param {Cell} cell @param {boolean} [focus] */
  select(cell, focus = true) {
    if (cell !== this.selected) this.#mark(cell);
    const element = this.#elementOf(cell);
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focus) element.focus({ preventScroll: true });
    this.onselect(cell);
  }

  /** @param {number} rows @param {number} columns */
  move(rows, columns) {
    const { row, column } = this.selected;
    this.select(this.table.at(row + rows, column + columns));
  }

  /** Edit the selected cell; a typed character replaces its text. @param {string | null} character */
  edit(character = null) {
    const cell = this.selected;
    const element = this.#elementOf(cell);
    const setEditor = (/** @type {HTMLElement | null} */ editor) => {
      element.classList.toggle("editing", editor !== null);
      if (editor) element.append(editor); // over the text, so that the column keeps its width
      else fill(element, cell);
    };
    this.editor.open({ setEditor }, { cell, text: textOf(cell) }, character);
  }

  /** @param {Cell} cell */
  #mark(cell) {
    for (const each of [this.selected, cell]) {
      const element = this.#elementOf(each);
      element.tabIndex = each === cell ? 0 : -1;
      if (each === cell) element.setAttribute("aria-selected", "true");
      else element.removeAttribute("aria-selected");
    }
    this.selected = cell;
  }

  /** @param {Cell} cell */
  #elementOf(cell) {
    return /** @type {HTMLElement} */ (this.elements.get(cell));
  }

  /** Move on after a text was accepted or left with a key. @param {string} key @param {boolean} isShift */
  #afterEdit(key, isShift) {
    const move = MOVES[key];
    if (key === "Enter") this.onenter(isShift);
    else if (key === "Tab") this.#moveAlong(isShift ? -1 : 1);
    else if (move) this.move(...move);
    else this.select(this.selected);
  }

  /** Select the next cell of the row, or the first one of the next row; return false at the end. */
  #moveAlong(/** @type {1 | -1} */ step) {
    const next = this.table.cells[this.table.cells.indexOf(this.selected) + step];
    this.select(next ?? this.selected);
    return Boolean(next);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (/** @type {HTMLElement} */ (event.target).closest("input") || event.altKey) return;
    const { key, shiftKey } = event;
    const isControl = event.ctrlKey || event.metaKey;
    const { nRows, nColumns } = this.table;
    const move = MOVES[key];
    if (move) this.move(move[0] * (isControl ? nRows : 1), move[1] * (isControl ? nColumns : 1));
    else if (key === "Home") this.move(isControl ? -nRows : 0, -nColumns);
    else if (key === "End") this.move(isControl ? nRows : 0, nColumns);
    else if (isControl) return;
    else if (key === "Tab") {
      if (!this.#moveAlong(shiftKey ? -1 : 1)) return; // the focus leaves the table at its end
    } else if (key === "Enter") {
      if (!event.repeat) this.onenter(shiftKey); // holding Enter must not confirm anything
    } else if (key === "F2") this.edit();
    else if (key === "Delete" || key === "Backspace") this.#clear();
    else if (key === "Escape") this.onleave();
    else if (/^[\p{Nd}.,\-+]$/u.test(key)) this.edit(key);
    else return;
    event.preventDefault();
  }

  #clear() {
    if (textOf(this.selected)) this.editor.onaccept({ cell: this.selected, text: "" }, "");
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const element = /** @type {HTMLElement} */ (event.target).closest("td");
    if (!element || /** @type {HTMLElement} */ (event.target).closest("input")) return;
    const cell = this.table.at(Number(element.dataset.row), Number(element.dataset.column));
    const wasSelected = cell === this.selected;
    this.select(cell);
    if (wasSelected) this.edit();
  }
}

/** @type {Record<string, [number, number]>} rows and columns */
const MOVES = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageDown: [PAGE_ROWS, 0],
  PageUp: [-PAGE_ROWS, 0],
};

/** @param {HTMLElement} element @param {Cell} cell */
function fill(element, cell) {
  element.className = cellStatus(cell);
  element.textContent = textOf(cell);
  element.setAttribute("aria-label", cellName(cell));
}

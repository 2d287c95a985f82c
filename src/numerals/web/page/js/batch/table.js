// @ts-check
// The table of a batch: a grid of which only the visible rows exist. One cell is selected; the
// focus stays on the grid, which names the selected cell (aria-activedescendant), so that scrolling
// does not lose it.

import { h } from "../dom.js";
import { CellEditor } from "./cell-editor.js";
import { dropWaiting } from "./pictures.js";
import { cellAt, loadPictures, makeRow, partsOf, showRow } from "./row-elements.js";
import { TableHeader, fitColumns } from "./table-header.js";
import { nextUncertain, numberAt } from "./uncertain-search.js";
import { VirtualList } from "./virtual-list.js";

/** @typedef {import("./model.js").TableModel} TableModel */
/** @typedef {import("./model.js").TableRow} TableRow */
/** @typedef {import("../batches/batches.js").Row} Row */

const ROW_HEIGHT = 52; // pixels; batch.css has the same
const HEADER_HEIGHT = 40; // pixels; batch.css has the same
const PICTURE_DELAY = 80; // ms after scrolling until pictures are requested

/** @type {Record<string, [number, number]>} rows and columns */
const MOVES = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

export class Table {
  /**
   * @param {TableModel} model
   * @param {object} options
   * @param {(row: TableRow, number: Row | null) => void} options.onselect
   * @param {(number: Row, text: string) => void} options.oncorrect
   * @param {(column: string) => void} options.onsort "name", "confidence", or a field
   * @param {() => void} options.onend called after the last uncertain number of a filtered table
   */
  constructor(model, { onselect, oncorrect, onsort, onend }) {
    this.model = model;
    this.onselect = onselect;
    this.onend = onend;
    this.prefix = "";
    /** @type {{row: number, column: number, item: string | null, offset: number}} */
    this.selected = { row: 0, column: 1, item: null, offset: 0 }; // offset in the item's rows
    /** @type {number | null} */
    this.awaited = null; // a row whose first uncertain number is selected once it is loaded
    this.nShown = 0; // columns
    this.header = new TableHeader(onsort);
    this.body = h("div", { class: "table-body", role: "rowgroup" });
    this.element = h(
      "div",
      {
        class: "batch-table",
        role: "grid",
        tabindex: 0,
        "aria-label": "Results. Use the arrow keys to move, Enter to change a number.",
        "aria-describedby": "table-keys",
      },
      this.header.element,
      this.body,
    );
    this.list = new VirtualList(this.element, this.body, ROW_HEIGHT, (index, element) =>
      this.#render(index, element),
    );
    this.editor = new CellEditor({
      onaccept: oncorrect,
      onclose: (key) => {
        this.element.focus({ preventScroll: true });
        if (key === "Enter") this.moveOn();
        else if (MOVES[key]) this.move(...MOVES[key]);
      },
    });
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.body.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    this.pictureTimer = 0;
  }

  get firstVisible() {
    return this.list.range.first;
  }

  /** Show the rows of the model, which has loaded some. */
  update(/** @type {number} */ shift = 0) {
    const { model } = this;
    this.#showHeader(model);
    fitColumns(this.element, model);
    this.element.setAttribute("aria-rowcount", String(model.rowCount + 1));
    if (shift) this.element.scrollTop += shift * ROW_HEIGHT;
    this.list.update(model.rowCount);
    this.#keepSelection(model);
    this.#markSelected();
    this.#loadPicturesSoon();
    const { awaited } = this;
    if (awaited !== null && model.row(awaited).item) this.selectUncertain(awaited);
  }

  /** Keep the selected item selected, although rows before it may have been added or removed. */
  #keepSelection(/** @type {TableModel} */ model) {
    const { row, item, offset } = this.selected;
    const found = item === null ? null : model.loadedItem(item);
    const kept = found ? model.rowOfItem(found.index) + offset : row;
    this.selected.row = Math.min(kept, Math.max(model.rowCount - 1, 0));
  }

  get nColumns() {
    return 1 + (this.model.isForms ? this.model.columns.length : 2);
  }

  /** @param {TableModel} model */
  #showHeader(model) {
    if (!this.header.show(model)) return;
    if (this.nColumns !== this.nShown) this.list.clear(); // rows of another number of cells
    this.nShown = this.nColumns;
    this.element.setAttribute("aria-colcount", String(this.nColumns));
    this.element.classList.toggle("forms", model.isForms);
  }

  /** @param {number} index @param {HTMLElement | null} element */
  #render(index, element) {
    const { model } = this;
    const row = model.row(index);
    const shown = element ?? makeRow(this.nColumns - 1);
    if (this.editor.isIn(shown) && partsOf(shown).index !== index) this.editor.close();
    showRow(shown, row, model.columns, this.prefix);
    this.#markRow(shown);
    return shown;
  }

  /** Return the number in the selected cell, if there is one. @returns {Row | null} */
  get selectedNumber() {
    if (!this.model.rowCount) return null;
    return numberAt(this.model, this.selected);
  }

  /** Select a cell and scroll to it. */
  select(/** @type {number} */ row, /** @type {number} */ column) {
    const { model } = this;
    if (!model.rowCount) return;
    this.awaited = null;
    const index = Math.max(0, Math.min(row, model.rowCount - 1));
    const { item, itemIndex } = model.row(index);
    this.selected = {
      row: index,
      column: Math.max(0, Math.min(column, this.nColumns - 1)),
      item: item?.id ?? null,
      offset: index - model.rowOfItem(itemIndex),
    };
    this.list.reveal(this.selected.row, HEADER_HEIGHT);
    this.#markSelected();
    this.#revealColumn();
    this.onselect(model.row(this.selected.row), this.selectedNumber);
  }

  /** @param {number} rows @param {number} columns */
  move(rows, columns) {
    this.select(this.selected.row + rows, this.selected.column + columns);
  }

  /** After an answer, select the next uncertain number if only those are shown, or the next row. */
  moveOn() {
    if (this.model.query.filter !== "uncertain") return this.move(1, 0);
    const next = nextUncertain(this.model, this.selected);
    if (!next) return this.onend();
    this.select(next.row, next.column);
    if (!this.model.row(next.row).item) this.awaited = next.row; // it is being loaded
    return undefined;
  }

  /** Select the first uncertain number of a row, if it has one. */
  selectUncertain(/** @type {number} */ row) {
    this.selected = { row, column: 0, item: null, offset: 0 };
    const next = nextUncertain(this.model, this.selected);
    this.select(row, next?.row === row ? next.column : 1);
  }

  /** Show the selected row again, after one of its numbers has changed. */
  updateRows() {
    this.list.update(this.model.rowCount);
  }

  #revealColumn() {
    const cell = this.#selectedCell();
    const first = cell?.parentElement?.firstElementChild;
    if (!cell || !first || cell === first || cell.classList.contains("message")) return;
    const left = cell.offsetLeft - /** @type {HTMLElement} */ (first).offsetWidth;
    const right = cell.offsetLeft + cell.offsetWidth - this.element.clientWidth;
    if (this.element.scrollLeft > left) this.element.scrollLeft = left;
    else if (this.element.scrollLeft < right) this.element.scrollLeft = right;
  }

  #selectedCell() {
    const element = this.list.elements.get(this.selected.row);
    return element && cellAt(element, this.selected.column);
  }

  #markSelected() {
    for (const element of this.list.elements.values()) this.#markRow(element);
  }

  /** @param {HTMLElement} element */
  #markRow(element) {
    const isSelected = partsOf(element).index === this.selected.row;
    element.classList.toggle("selected", isSelected);
    const marked = isSelected ? cellAt(element, this.selected.column) : null;
    const before = element.querySelector("[aria-selected]");
    if (before === marked) return;
    before?.removeAttribute("aria-selected");
    before?.removeAttribute("id");
    marked?.setAttribute("aria-selected", "true");
    if (marked) marked.id = "selected-cell";
    if (isSelected) this.element.setAttribute("aria-activedescendant", "selected-cell");
  }

  /** Edit the selected number; a typed character replaces it. */
  edit(/** @type {string | null} */ character = null) {
    const number = this.selectedNumber;
    if (!this.model.isForms) this.selected.column = 1; // the number; beside it is how it was read
    this.#markSelected();
    const cell = this.#selectedCell();
    const element = this.list.elements.get(this.selected.row);
    const parts = element && partsOf(element);
    const edited = parts?.numbers.find((each) => each.cell === cell);
    if (number?.line_id && edited) this.editor.open(edited, number, character);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const pageRows = Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 1);
    /** @type {Record<string, [number, number]>} */
    const moves = {
      ...MOVES,
      PageDown: [pageRows, 0],
      PageUp: [-pageRows, 0],
      Home: [-this.selected.row, 0],
      End: [this.list.count, 0],
    };
    const move = moves[event.key];
    if (move) this.move(move[0], move[1]);
    else if (event.key === "Enter" || event.key === "F2") this.edit();
    else if (/^[\p{Nd}.,\-+]$/u.test(event.key)) this.edit(event.key);
    else return;
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const element = /** @type {HTMLElement | null} */ (target.closest(".table-row"));
    const cell = target.closest(".cell");
    if (!element || !cell || target.closest("input")) return;
    const at = [...element.children].indexOf(cell);
    const [row, column] = [Number(element.dataset.index), Math.min(at, this.nColumns - 1)];
    const wasSelected = row === this.selected.row && column === this.selected.column;
    this.element.focus({ preventScroll: true });
    this.select(row, column);
    if (wasSelected && event.detail >= 1) this.edit();
  }

  #onScroll() {
    dropWaiting();
    this.#loadPicturesSoon();
  }

  #loadPicturesSoon() {
    clearTimeout(this.pictureTimer);
    this.pictureTimer = window.setTimeout(() => {
      loadPictures(this.list.elements.values());
    }, PICTURE_DELAY);
  }
}

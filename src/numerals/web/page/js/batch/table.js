// @ts-check
// The table of a batch: a grid of which only the visible rows exist. One cell is selected; the
// focus stays on the grid, which names the selected cell (aria-activedescendant), so that scrolling
// does not lose it.

import { h, setText } from "../dom.js";
import { CellEditor } from "./cell-editor.js";
import { fieldName, makeFileCell, makeNumberCell, messageOf, statusOf } from "./cells.js";
import { dropWaiting, showPicture } from "./pictures.js";
import { VirtualList } from "./virtual-list.js";

/** @typedef {import("./model.js").TableModel} TableModel */
/** @typedef {import("./model.js").TableRow} TableRow */
/** @typedef {import("../batches/batches.js").Row} Row */

/**
 * What belongs to the element of a row.
 * @typedef {object} RowParts
 * @property {number} index of the row that it shows
 * @property {ReturnType<typeof makeFileCell>} file
 * @property {ReturnType<typeof makeNumberCell>[]} numbers
 * @property {HTMLElement} message shown instead of the numbers
 * @property {HTMLImageElement | null} image
 * @property {string | null} address of the picture to show in it
 */

const ROW_HEIGHT = 52; // pixels; batch.css has the same
const HEADER_HEIGHT = 40; // pixels; batch.css has the same
// Widths of columns, rem: of a character of a header, of a digit, of the sign and the margins.
const [HEADER_REM, DIGIT_REM, SIGN_REM, MIN_REM, MAX_REM] = [0.55, 0.62, 3.2, 5, 16];
const PICTURE_DELAY = 80; // ms after scrolling until pictures are requested

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
    this.onsort = onsort;
    this.onend = onend;
    this.prefix = "";
    /** @type {{row: number, column: number, item: string | null, offset: number}} */
    this.selected = { row: 0, column: 1, item: null, offset: 0 }; // offset in the item's rows
    /** @type {number | null} */
    this.awaited = null; // a row whose first uncertain number is selected once it is loaded
    this.columnKey = "";
    this.nShown = 0;
    this.header = h("div", { class: "table-row table-header", role: "row", "aria-rowindex": 1 });
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
      h("div", { role: "rowgroup", class: "table-head" }, this.header),
      this.body,
    );
    this.list = new VirtualList(this.element, this.body, ROW_HEIGHT, (index, element) =>
      this.#render(index, element),
    );
    this.editor = new CellEditor(oncorrect, (step) => {
      this.element.focus({ preventScroll: true });
      if (step) this.moveOn();
    });
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.body.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    this.pictureTimer = 0;
    /** @type {Map<HTMLElement, RowParts>} */
    this.parts = new Map();
  }

  get firstVisible() {
    return this.list.range.first;
  }

  /** Show the rows of the model, which has loaded some. */
  update(/** @type {number} */ shift = 0) {
    const { model } = this;
    this.#showHeader(model);
    this.#fitColumns(model);
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
    const { sort } = model.query;
    const key = JSON.stringify([model.columns, sort]);
    if (key === this.columnKey) return;
    this.columnKey = key;
    if (this.nColumns !== this.nShown) this.list.clear(); // rows of another number of cells
    this.nShown = this.nColumns;
    this.element.setAttribute("aria-colcount", String(this.nColumns));
    this.element.classList.toggle("forms", model.isForms);
    const columns = model.isForms
      ? model.columns.map((name) => [`field:${name}`, fieldName(name)])
      : [["", "Number"], ["confidence", "Confidence"]];
    this.header.replaceChildren(
      ...[["name", "File"], ...columns].map(([value, text]) => this.#headerCell(value, text, sort)),
    );
  }

  /** Make the columns of fields as wide as their longest text that is loaded. @param {TableModel} model */
  #fitColumns(model) {
    if (!model.isForms) return;
    const lengths = model.textLengths();
    const widths = model.columns.map((name, at) => {
      const rem = Math.max(HEADER_REM * name.length, DIGIT_REM * lengths[at] + SIGN_REM, MIN_REM);
      return Math.min(rem, MAX_REM);
    });
    const columns = widths.map((rem) => `minmax(${rem}rem, ${rem}fr)`).join(" ");
    this.element.style.setProperty("--columns", columns);
    const total = widths.reduce((sum, rem) => sum + rem, 0);
    this.element.style.setProperty("--columns-width", `${total}rem`);
  }

  /** @param {string} value @param {string} text @param {string} sort */
  #headerCell(value, text, sort) {
    if (!value) return h("div", { class: "cell plain", role: "columnheader" }, text);
    const order = sort === value ? "ascending" : sort === `-${value}` ? "descending" : "none";
    const arrow = { ascending: " ↑", descending: " ↓", none: "" }[order];
    const button = h(
      "button",
      {
        type: "button",
        tabindex: -1,
        class: "sort",
        onclick: () => this.onsort(order === "ascending" ? `-${value}` : value),
      },
      text,
      h("span", { "aria-hidden": "true" }, arrow),
    );
    return h("div", { class: "cell", role: "columnheader", "aria-sort": order }, button);
  }

  /** @param {number} index @param {HTMLElement | null} element */
  #render(index, element) {
    const { model } = this;
    const row = model.row(index);
    const shown = element ?? h("div", { class: "table-row", role: "row" });
    const parts = this.#partsOf(shown);
    if (this.editor.isIn(shown) && parts.index !== index) this.editor.close();
    parts.index = index;
    shown.setAttribute("aria-rowindex", String(index + 2));
    shown.dataset.index = String(index);
    shown.classList.toggle("continued", !row.isFirst);
    Object.assign(parts, parts.file.show(row, this.prefix));
    if (parts.image && !parts.address) showPicture(parts.image, null);
    this.#showNumbers(shown, parts, row);
    this.#markRow(shown);
    return shown;
  }

  /** @param {HTMLElement} element @returns {RowParts} */
  #partsOf(element) {
    const known = this.parts.get(element);
    if (known) return known;
    const file = makeFileCell();
    const numbers = Array.from({ length: this.nColumns - 1 }, makeNumberCell);
    const message = h("div", { class: "cell message", role: "gridcell", hidden: true });
    message.setAttribute("aria-colspan", String(numbers.length));
    element.append(file.cell, ...numbers.map(({ cell }) => cell), message);
    const parts = { index: -1, file, numbers, message, image: null, address: null };
    this.parts.set(element, parts);
    return parts;
  }

  /** @param {HTMLElement} element @param {RowParts} parts @param {TableRow} row */
  #showNumbers(element, { numbers, message }, row) {
    const text = messageOf(row);
    element.classList.toggle("has-message", Boolean(text));
    message.hidden = !text;
    if (text) {
      message.className = `cell message ${row.item?.state}`;
      setText(message, text);
      return;
    }
    numbers.forEach((cell, at) => {
      if (row.fields) cell.show(row.fields.get(this.model.columns[at]));
      else if (row.number && at) cell.showAbout(row.number);
      else cell.show(row.number);
    });
  }

  /** Return the number in the selected cell, if there is one. @returns {Row | null} */
  get selectedNumber() {
    if (!this.model.rowCount) return null;
    return this.#numberAt(this.selected.row, this.selected.column);
  }

  /** @param {number} rowIndex @param {number} column @returns {Row | null} */
  #numberAt(rowIndex, column) {
    const { model } = this;
    const row = model.row(rowIndex);
    if (!row.fields) return row.number;
    return row.fields.get(model.columns[Math.max(column, 1) - 1]) ?? null;
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
    const next = this.#nextUncertain();
    if (!next) return this.onend();
    this.select(next.row, next.column);
    if (!this.model.row(next.row).item) this.awaited = next.row; // it is being loaded
    return undefined;
  }

  /** Select the first uncertain number of a row, if it has one. */
  selectUncertain(/** @type {number} */ row) {
    this.selected = { row, column: 0, item: null, offset: 0 };
    const next = this.#nextUncertain();
    this.select(row, next?.row === row ? next.column : 1);
  }

  /**
   * Return the next uncertain number, or a row before it that is not loaded. After the last row, the
   * search goes on at the first: an answer may have made an earlier number uncertain.
   * @returns {{row: number, column: number} | null}
   */
  #nextUncertain() {
    const { row, column } = this.selected;
    const nRows = this.model.rowCount;
    return this.#findUncertain(row, column + 1, nRows) ?? this.#findUncertain(0, 1, row + 1);
  }

  /** @param {number} row @param {number} column where to start @param {number} end row after the last one */
  #findUncertain(row, column, end) {
    const nColumns = this.model.isForms ? this.nColumns : 2;
    for (let at = column; row < end; row += 1, at = 1) {
      if (!this.model.row(row).item) return { row, column: 1 };
      for (; at < nColumns; at += 1) {
        const number = this.#numberAt(row, at);
        if (number && statusOf(number) === "uncertain") return { row, column: at };
      }
    }
    return null;
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
    return element && this.#cellAt(element, this.selected.column);
  }

  /** Return the cell of a column; its message if it has one. @param {HTMLElement} element @param {number} column */
  #cellAt(element, column) {
    const { file, numbers, message } = this.#partsOf(element);
    if (column === 0) return file.cell;
    return message.hidden ? numbers[column - 1]?.cell : message;
  }

  #markSelected() {
    for (const element of this.list.elements.values()) this.#markRow(element);
  }

  /** @param {HTMLElement} element */
  #markRow(element) {
    const isSelected = this.#partsOf(element).index === this.selected.row;
    element.classList.toggle("selected", isSelected);
    const marked = isSelected ? this.#cellAt(element, this.selected.column) : null;
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
    const parts = element && this.#partsOf(element);
    const edited = parts?.numbers.find((each) => each.cell === cell);
    if (number?.line_id && edited) this.editor.open(edited, number, character);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const pageRows = Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 1);
    /** @type {Record<string, [number, number]>} */
    const moves = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
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
      for (const element of this.list.elements.values()) {
        const { image, address } = this.#partsOf(element);
        if (image && address) showPicture(image, address);
      }
    }, PICTURE_DELAY);
  }
}

// @ts-check
// The cells of a table: what they say, how they stand, and where they are on the page.

import { nameOf, statusOf } from "../batch/cells.js";

/** @typedef {import("./service.js").Row} Row */
/** @typedef {import("./service.js").Box} Box */
/** @typedef {import("./service.js").StoredTable} StoredTable */

/**
 * A cell; it may have several numbers, or none.
 * @typedef {object} Cell
 * @property {number} row from 1
 * @property {number} column from 1
 * @property {Row[]} numbers
 * @property {Box | null} box of its first number, or where one would be; null if that is not known
 */

/** @typedef {"uncertain" | "corrected" | "confirmed" | "certain" | "vacant"} CellStatus */

/** Return what a cell says. @param {Cell} cell */
export const textOf = ({ numbers }) =>
  numbers
    .map(({ text }) => text)
    .filter(Boolean)
    .join(" ");

/** Return what was read in a cell. @param {Cell} cell */
export const readingOf = ({ numbers }) =>
  numbers
    .map(({ read }) => read)
    .filter(Boolean)
    .join(" ");

/** Return how a cell stands: as its number that needs the most attention. @param {Cell} cell @returns {CellStatus} */
export function cellStatus(cell) {
  const found = new Set(cell.numbers.map(statusOf));
  if (found.has("uncertain")) return "uncertain";
  if (found.has("corrected")) return "corrected";
  if (!textOf(cell)) return "vacant";
  return found.has("certain") ? "certain" : "confirmed";
}

/** Return what a screen reader says for a cell. @param {Cell} cell */
export function cellName(cell) {
  const numbers = cell.numbers.filter(({ text, read }) => text || read);
  return numbers.length ? numbers.map(nameOf).join("; ") : "empty";
}

export class CellTable {
  /** @param {StoredTable} table */
  constructor(table) {
    this.place = { item: table.item, page: table.page, table: table.table };
    this.size = { width: table.width, height: table.height };
    this.turn = table.turn;
    this.name = table.name;
    this.hasPicture = table.has_picture;
    this.nRows = table.rows;
    this.nColumns = table.columns;
    /** @type {Map<string, Box>} */
    this.emptyBoxes = new Map(table.empty.map(({ row, column, box }) => [`${row},${column}`, box]));
    /** @type {Cell[]} */
    this.cells = [];
    this.#makeCells();
    for (const number of table.numbers) {
      const cell = this.at(/** @type {number} */ (number.row), /** @type {number} */ (number.column));
      if (!cell.numbers.length) cell.box = number.box;
      cell.numbers.push(number);
    }
  }

  /** Create the cells that do not exist yet. */
  #makeCells() {
    const known = new Map(this.cells.map((cell) => [`${cell.row},${cell.column}`, cell]));
    this.cells = Array.from({ length: this.nRows * this.nColumns }, (_, at) => {
      const [row, column] = [Math.floor(at / this.nColumns) + 1, (at % this.nColumns) + 1];
      const key = `${row},${column}`;
      return known.get(key) ?? { row, column, numbers: [], box: this.emptyBoxes.get(key) ?? null };
    });
  }

  /** Add a row or column at the end, unless the last one is empty. @param {"row" | "column"} axis */
  extend(axis) {
    const last = axis === "row" ? this.nRows : this.nColumns;
    if (!this.cells.some((cell) => cell[axis] === last && textOf(cell))) return;
    if (axis === "row") this.nRows += 1;
    else this.nColumns += 1;
    this.#makeCells();
  }

  /** Return a cell; positions outside of the table mean its edge. @param {number} row @param {number} column */
  at(row, column) {
    const inside = (/** @type {number} */ value, /** @type {number} */ n) => Math.max(1, Math.min(value, n));
    return this.cells[(inside(row, this.nRows) - 1) * this.nColumns + inside(column, this.nColumns) - 1];
  }

  /** Return the cell of a number. @param {Row} number */
  cellOf(number) {
    return this.cells.find(({ numbers }) => numbers.includes(number)) ?? null;
  }

  /** Return the cells row by row; those of a row from left to right. */
  rows() {
    return Array.from({ length: this.nRows }, (_, at) =>
      this.cells.slice(at * this.nColumns, (at + 1) * this.nColumns),
    );
  }

  /** Return the texts of the cells, without empty rows and columns at the edges. */
  texts() {
    const filled = this.cells.filter(textOf);
    const [top, bottom] = range(filled.map(({ row }) => row));
    const [left, right] = range(filled.map(({ column }) => column));
    return this.rows()
      .slice(top - 1, bottom)
      .map((cells) => cells.slice(left - 1, right).map(textOf));
  }

  get nUncertain() {
    return this.cells.filter((cell) => cellStatus(cell) === "uncertain").length;
  }

  /**
   * Return the next uncertain cell, row by row; after the last cell the search goes on at the first.
   * @param {Cell | null} from
   * @param {1 | -1} [step]
   */
  nextUncertain(from, step = 1) {
    const { length } = this.cells;
    const start = from ? this.cells.indexOf(from) : step === 1 ? -1 : 0;
    for (let n = 1; n <= length; n += 1) {
      const cell = this.cells[(((start + n * step) % length) + length) % length];
      if (cellStatus(cell) === "uncertain") return cell;
    }
    return null;
  }
}

/** Return the smallest and the largest number; 1 and 0 if there are none. @param {number[]} numbers */
const range = (numbers) => (numbers.length ? [Math.min(...numbers), Math.max(...numbers)] : [1, 0]);

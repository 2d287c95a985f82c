// @ts-check
// Where the next uncertain number of a batch's table is.

import { statusOf } from "./cells.js";

/** @typedef {import("./model.js").TableModel} TableModel */
/** @typedef {import("../batches/batches.js").Row} Row */
/** @typedef {{row: number, column: number}} Position */

/** Return the number in a cell, if there is one. @param {TableModel} model @param {Position} position @returns {Row | null} */
export function numberAt(model, { row, column }) {
  const found = model.row(row);
  if (!found.fields) return found.number;
  return found.fields.get(model.columns[Math.max(column, 1) - 1]) ?? null;
}

/**
 * Return the next uncertain number, or a row before it that is not loaded. After the last row, the
 * search goes on at the first: an answer may have made an earlier number uncertain.
 * @param {TableModel} model
 * @param {Position} from
 * @returns {Position | null}
 */
export function nextUncertain(model, { row, column }) {
  return find(model, row, column + 1, model.rowCount) ?? find(model, 0, 1, row + 1);
}

/** @param {TableModel} model @param {number} row @param {number} column where to start @param {number} end row after the last one */
function find(model, row, column, end) {
  const nColumns = model.isForms ? 1 + model.columns.length : 2;
  for (let at = column; row < end; row += 1, at = 1) {
    if (!model.row(row).item) return { row, column: 1 };
    for (; at < nColumns; at += 1) {
      const number = numberAt(model, { row, column: at });
      if (number && statusOf(number) === "uncertain") return { row, column: at };
    }
  }
  return null;
}

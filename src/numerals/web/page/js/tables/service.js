// @ts-check
// Requests for the tables of a batch, and the types of the responses.

import { call } from "../api.js";
import { path } from "../batches/batches.js";
import { UNANSWERED } from "../batch/corrections.js";
import { userName } from "../settings.js";

/** @typedef {import("../batches/batches.js").Row} Row */
/** @typedef {import("../types.js").Box} Box */

/**
 * Which table of a batch.
 * @typedef {object} TablePlace
 * @property {string} item
 * @property {number} page
 * @property {number} table number on its page
 */

/**
 * A table in the list of a batch.
 * @typedef {TablePlace & {name: string, rows: number, columns: number, to_review: number}} ListedTable
 */

/**
 * A table with its numbers; boxes are in pixels of the page, which is not turned.
 * @typedef {object} StoredTable
 * @property {string} item
 * @property {string} name of the file
 * @property {number} page
 * @property {number} table
 * @property {number} rows
 * @property {number} columns
 * @property {number} width of the page, pixels
 * @property {number} height
 * @property {number} turn degrees by which the writing on the page is turned clockwise
 * @property {boolean} has_picture
 * @property {Row[]} numbers
 * @property {{row: number, column: number, box: Box}[]} empty where numbers of empty cells
 *   would be, and those of one more row and column
 */

const tablePath = (/** @type {string} */ batch, /** @type {TablePlace} */ { item, page, table }) =>
  path(batch, `/items/${encodeURIComponent(item)}/tables/${page}/${table}`);

/**
 * @param {string} batch id
 * @param {number} [limit]
 * @returns {Promise<{total: number, tables: ListedTable[]}>}
 */
export const listTables = (batch, limit = 5000) => call(path(batch, "/tables"), { query: { limit } });

/** @returns {Promise<StoredTable>} */
export const getTable = (/** @type {string} */ batch, /** @type {TablePlace} */ place) =>
  call(tablePath(batch, place));

/**
 * Fill in a cell in which no number was read.
 * @param {string} batch
 * @param {TablePlace} place
 * @param {{row: number, column: number}} cell
 * @param {string} text
 * @returns {Promise<import("../types.js").ReviewItem>} the new line
 */
export const putCell = (batch, place, { row, column }, text) =>
  call(`${tablePath(batch, place)}/cells/${row}/${column}`, {
    method: "PUT",
    json: { text, by: userName(), version: UNANSWERED },
  });

// @ts-check
// The routes of the tables of a batch, and the types of what they return.

import { call } from "../api.js";
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

const PAGE_SIDE = 2400; // pixels of the longer side of a page's picture

const path = (/** @type {string} */ batch, /** @type {string} */ rest) =>
  `v1/batches/${encodeURIComponent(batch)}${rest}`;

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

/** Return the address of the picture of a table's page. @param {string} batch @param {TablePlace} place */
export const pictureOf = (batch, { item, page }) =>
  path(batch, `/items/${encodeURIComponent(item)}/pages/${page}/picture?side=${PAGE_SIDE}`);

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
    json: { text, by: userName() },
  });

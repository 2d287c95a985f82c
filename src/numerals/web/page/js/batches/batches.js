// @ts-check
// The routes of batches, and the types of what they return.

import { ApiError, call, newKey } from "../api.js";

/**
 * How files are read; the parameters of POST /v1/read.
 * @typedef {Record<string, string | number | boolean | null>} Options
 */

/**
 * A set of files that are read together.
 * @typedef {object} Batch
 * @property {string} id
 * @property {string} name
 * @property {string} created_at
 * @property {"waiting" | "reading" | "paused" | "done"} state
 * @property {number} files
 * @property {number} waiting
 * @property {number} reading
 * @property {number} done
 * @property {number} failed
 * @property {number} pages that were read
 * @property {number} pages_left a file whose pages are not counted yet counts as one
 * @property {number} to_review numbers
 * @property {number} corrected numbers
 * @property {number | null} seconds_left
 * @property {number} bytes size of the kept files
 * @property {Options} options
 * @property {string[]} templates
 * @property {string | null} watch path of a watched folder
 * @property {number} changes answers that the last "read again" changed
 * @property {string} version
 */

/**
 * One number of a file.
 * @typedef {object} Row
 * @property {string | null} line_id
 * @property {number} page
 * @property {number} line
 * @property {string | null} field
 * @property {number | null} table
 * @property {number | null} row
 * @property {number | null} column
 * @property {string} text
 * @property {string} read
 * @property {number} confidence
 * @property {"waiting" | "confirmed" | "corrected" | "skipped"} state
 * @property {boolean | null} accepted
 * @property {boolean} uncertain
 * @property {string} note
 * @property {import("../types.js").Box | null} box
 * @property {string | null} crop
 * @property {{text: string, confidence: number}[]} [alternatives]
 * @property {boolean} [isPending] whether an answer is being sent; set by the page
 */

/**
 * One file.
 * @typedef {object} Item
 * @property {string} id
 * @property {string} name
 * @property {"waiting" | "reading" | "done" | "failed"} state
 * @property {string | null} error
 * @property {number | null} pages
 * @property {number} [pages_read]
 * @property {boolean} has_picture
 * @property {string | null} thumbnail
 * @property {number} to_review
 * @property {number} corrected
 * @property {{relation: string, holds: boolean | null, not_numbers?: string[], page: number}[]} [relations]
 * @property {Row[]} rows
 * @property {number} [more_rows]
 * @property {{page: number, width: number, height: number, turn: number}[]} [page_sizes]
 */

/** @typedef {{total: number, columns: string[], items: Item[], total_rows?: number}} ItemPage */

/** @typedef {{item: string, name: string, line_id: string | null, page: number, line: number, field: string | null, before: string | null, after: string | null}} Change */

/** @typedef {{item: string, name: string, page: number}} Sheet */
/** @typedef {{text: string, sheets: Sheet[]}} Found a number, and the sheets that have it */

/**
 * What does not fit together in a batch of forms.
 * @typedef {object} Checks
 * @property {{field: string, listed: number | null, missing: string[], n_missing: number, duplicates: Found[], unlisted: Found[]}[]} fields
 * @property {{relation: string, broken: Sheet[], unchecked: Sheet[], n_broken: number, n_unchecked: number}[]} relations
 * @property {{template: string, n_sheets: number}[]} changed_forms saved after sheets were read with them
 */

export const path = (/** @type {string} */ id, rest = "") => `v1/batches/${encodeURIComponent(id)}${rest}`;

/** @returns {Promise<{batches: Batch[]}>} */
export const listBatches = () => call("v1/batches");

/** @returns {Promise<Batch>} */
export const getBatch = (/** @type {string} */ id) => call(path(id));

/**
 * @param {{name?: string, options?: Options, templates?: string[]}} settings
 * @returns {Promise<Batch>}
 */
export const createBatch = (settings) => call("v1/batches", { json: settings, key: newKey() });

/** @returns {Promise<Batch>} */
export const renameBatch = (/** @type {string} */ id, /** @type {string} */ name) =>
  call(path(id), { method: "PATCH", json: { name } });

export const deleteBatch = (/** @type {string} */ id) => call(path(id), { method: "DELETE" });

/** @returns {Promise<Batch>} */
export const pauseBatch = (/** @type {string} */ id) => call(path(id, "/pause"), { method: "POST" });

/** @returns {Promise<Batch>} */
export const resumeBatch = (/** @type {string} */ id) => call(path(id, "/resume"), { method: "POST" });

/**
 * @param {string} id
 * @param {Record<string, string | number>} query offset, limit, filter, search, sort
 * @returns {Promise<ItemPage>}
 */
export const listItems = (id, query) => call(path(id, "/items"), { query });

/** @returns {Promise<Item>} */
export const getItem = (/** @type {string} */ id, /** @type {string} */ item) =>
  call(path(id, `/items/${encodeURIComponent(item)}`));

export const pagePicture = (/** @type {string} */ id, /** @type {string} */ item, /** @type {number} */ page, side = 1600) =>
  path(id, `/items/${encodeURIComponent(item)}/pages/${page}/picture?side=${side}`);

/**
 * Send files to a batch; files that it has already are ignored.
 * @param {string} id
 * @param {{path: string, file: File}[]} files
 * @returns {Promise<{items: Item[], skipped: {name: string, reason: string}[], batch: Batch}>}
 */
export function sendFiles(id, files) {
  const form = new FormData();
  for (const { path: name, file } of files) form.append("files", file, name);
  return call(path(id, "/items"), { form });
}

/**
 * @param {string} id
 * @param {{options: Options, templates: string[], only: "all" | "failed"}} settings
 * @returns {Promise<Batch>}
 */
export const readAgain = (id, settings) => call(path(id, "/read-again"), { json: settings });

/** @returns {Promise<Checks>} */
export const batchChecks = (/** @type {string} */ id) => call(path(id, "/checks"));

/** @returns {Promise<{total: number, changes: Change[]}>} */
export const listChanges = (/** @type {string} */ id) =>
  call(path(id, "/changes"), { query: { limit: 200 } });

/** @returns {Promise<Blob>} */
export const exportBatch = (/** @type {string} */ id, /** @type {string} */ format) =>
  call(path(id, "/export"), { query: { format }, as: "blob" });

/** @returns {Promise<string[]>} names of the forms that this service knows */
export async function templateNames() {
  try {
    const answer = await call("v1/templates");
    const templates = answer.templates ?? answer;
    return templates.map((/** @type {{name: string}} */ { name }) => name);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

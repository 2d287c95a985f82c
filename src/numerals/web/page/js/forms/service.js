// @ts-check
// Calls to the service about forms.

import { ApiError, call } from "../api.js";

/** @typedef {import("../types.js").Box} Box */
/** @typedef {{name: string, fields: number, relations: number, has_picture: boolean, error: string}} Summary */
/** @typedef {{picture_id: string, width: number, height: number, pages: number, filled: boolean, boxes: any[]}} Detected */
/** @typedef {{text: string, confidence: number}} Other */

/**
 * @typedef {object} Value
 * @property {string} name
 * @property {string} text
 * @property {number} confidence
 * @property {boolean} accepted
 * @property {boolean} changed
 * @property {Box} box
 * @property {Other[]} alternatives
 * @property {string} [note]
 */

/**
 * @typedef {object} Trial
 * @property {number} page
 * @property {number} width
 * @property {number} height
 * @property {number} agreement
 * @property {Value[]} fields
 * @property {{relation: string, holds: boolean | null}[]} relations
 * @property {string[]} doubtful
 * @property {string} picture data URL
 */

const path = (/** @type {string} */ name, rest = "") => `v1/templates/${encodeURIComponent(name)}${rest}`;

/** @returns {Promise<Summary[]>} */
export const listForms = () => call("v1/templates");

export const getForm = (/** @type {string} */ name) => call(path(name));

export const deleteForm = (/** @type {string} */ name) => call(path(name), { method: "DELETE" });

/**
 * Save a form.
 * @param {string} name
 * @param {object} template
 * @param {{picture_id?: string, picture_of?: string}} picture by default it stays as it is
 */
export const saveForm = (name, template, picture) =>
  call(path(name), { method: "PUT", json: { ...template, ...picture } });

/** @param {Blob} file @param {string} fileName @param {{page?: number, turn?: string}} [options] @returns {Promise<Detected>} */
export const detectBoxes = (file, fileName, options = {}) =>
  call("v1/templates/detect", { form: toForm(file, fileName), query: options });

/** @param {string} name @param {Blob} file @param {string} fileName @returns {Promise<Trial>} */
export const tryForm = (name, file, fileName) => call(path(name, "/try"), { form: toForm(file, fileName) });

/** @returns {Promise<Blob>} */
export const draftPicture = (/** @type {string} */ id) => call(`v1/templates/pictures/${id}`, { as: "blob" });

/** @returns {Promise<Blob>} */
export const formPicture = (/** @type {string} */ name) => call(path(name, "/picture"), { as: "blob" });

/** @returns {Promise<Blob>} */
export const formArchive = (/** @type {string} */ name) => call(path(name, "/archive"), { as: "blob" });

/** @param {string} name @returns {Promise<Blob>} */
export async function samplePicture(name) {
  const response = await fetch(`static/examples/form/${name}`);
  if (!response.ok) throw new ApiError(404, "The sample pictures are not installed.");
  return response.blob();
}

/** @param {Blob} file @param {string} fileName */
function toForm(file, fileName) {
  const form = new FormData();
  form.append("picture", file, fileName);
  return form;
}

// @ts-check
// Send corrections of lines in order, each with the version of the line that the user saw.

import { call, newKey } from "../api.js";

/** @typedef {import("../types.js").ReviewItem} ReviewItem */

/** @type {Map<string, {version: string, conflict: ReviewItem | null, sending: Promise<unknown>}>} */
const lines = new Map(); // by line id

/**
 * Send the correct text of a line; rejects with the current text if another user changed it.
 * @param {string} id
 * @param {string} text
 * @param {string} by
 * @returns {Promise<ReviewItem>}
 */
export function sendCorrection(id, text, by) {
  const line = lines.get(id) ?? { version: "0", conflict: null, sending: Promise.resolve() };
  lines.set(id, line);
  if (line.conflict) {
    // The page has shown the other user's change, so this correction may replace it.
    line.version = line.conflict.version;
    line.conflict = null;
  }
  const key = newKey();
  const sent = line.sending.then(async () => {
    const json = { line_id: id, text, by, version: line.version };
    const item = await call("v1/corrections", { json, key });
    line.version = item.version;
    return item;
  });
  line.sending = sent.catch((error) => {
    if (error.current) line.conflict = error.current;
  });
  return sent;
}

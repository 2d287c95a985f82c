// @ts-check
// Answers that the user gives in the table, and their undo.

import { call } from "../api.js";
import { sendCorrection } from "../photograph/corrections.js";
import { userName } from "../settings.js";

/** @typedef {import("../batches/batches.js").Row} Row */

/** @type {{number: Row, before: Row, change: string}[]} */
const done = []; // the latest last

/**
 * Send the answer for a number; it is shown at once, and taken back if it is not accepted.
 * @param {Row} number
 * @param {string} text
 * @param {() => void} onchange called after each change of the number
 */
export async function correct(number, text, onchange) {
  const before = { ...number };
  Object.assign(number, { text, state: text === number.read ? "confirmed" : "corrected" });
  onchange();
  try {
    const { change } = await sendCorrection(number.line_id, text, userName(), null);
    done.push({ number, before, change });
    document.dispatchEvent(new CustomEvent("store-changed"));
  } catch (error) {
    const { current } = error; // the answer of another user
    Object.assign(number, current ? { ...before, text: current.text, state: current.state } : before);
    onchange();
    throw error;
  }
}

/** Undo the latest answer. @returns {Promise<Row | null>} the number, or null if there is none */
export async function undoLast() {
  const last = done.pop();
  if (!last) return null;
  const { number, before, change } = last;
  const json = { by: userName(), change };
  try {
    await call(`v1/review/${encodeURIComponent(number.line_id)}/undo`, { json });
  } catch (error) {
    if (error.status !== 409) done.push(last); // 409: somebody has changed it since
    throw error;
  }
  Object.assign(number, { text: before.text, state: before.state });
  document.dispatchEvent(new CustomEvent("store-changed"));
  return number;
}

// @ts-check
// Answers that the user gives in the table, and their undo.

import { answerProblem } from "../answer-text.js";
import { ApiError, call, newKey } from "../api.js";
import { userName } from "../settings.js";

/** @typedef {import("../batches/batches.js").Row} Row */

/** @typedef {{id: string, version: string, change: string | null}} Sent */

/**
 * @typedef {object} AnswerOptions
 * @property {number} [group] answers of one group are undone together
 * @property {(number: Row, text: string) => Promise<Sent> | null} [send] sends the
 *   answer for a number that is not stored yet; null for others
 */

export const UNANSWERED = "0"; // version of a number that nobody has answered

/** @type {{number: Row, before: Row, change: string | null, group: number | undefined, onchange: () => void}[]} */
const done = []; // the latest last
/** @type {Map<string, string>} */
const versions = new Map(); // line id -> version of the answer that is shown
/** @type {Promise<unknown>} */
let sending = Promise.resolve(); // answers are sent in order

/**
 * Send the answer for a number; it is shown at once, and taken back if it is not accepted.
 * @param {Row} number
 * @param {string} text
 * @param {() => void} onchange called after each change of the number
 * @param {AnswerOptions} [options]
 */
export async function correct(number, text, onchange, options = {}) {
  const problem = answerProblem(text, number.read);
  if (problem) throw new ApiError(422, problem);
  const before = { ...number };
  const state = text === number.read ? "confirmed" : "corrected";
  Object.assign(number, { text, state, isPending: true });
  onchange();
  try {
    const sent = sending.then(() => options.send?.(number, text) ?? send(before, text));
    sending = sent.catch(() => {});
    const { id, version, change } = await sent;
    versions.set(id, version);
    done.push({ number, before, change, group: options.group, onchange });
    document.dispatchEvent(new CustomEvent("store-changed"));
  } catch (error) {
    const current = error instanceof ApiError ? error.current : null; // another user's answer
    if (current) versions.set(current.id, current.version);
    Object.assign(number, { text: (current ?? before).text, state: (current ?? before).state });
    onchange();
    throw error;
  } finally {
    number.isPending = false;
  }
}

/**
 * @param {Row} number as it was shown
 * @param {string} text
 * @returns {Promise<Sent>}
 */
async function send({ line_id: id, state }, text) {
  // Without a version, only answers under the same name are replaced: see docs/serve.md.
  const version = versions.get(String(id)) ?? (state === "waiting" ? UNANSWERED : null);
  return call("v1/corrections", { json: { line_id: id, text, by: userName(), version }, key: newKey() });
}

/** Wait until the answers are sent, or were refused. */
export const settled = () => sending;

/** Undo the latest answer, or group of answers; resolves to one of its numbers, or null. */
export function undoLast() {
  const undone = sending.then(undoGroup); // an answer that is being sent is undone, too
  sending = undone.catch(() => {});
  return undone;
}

async function undoGroup() {
  const last = await undoOne();
  while (last?.group !== undefined && done.at(-1)?.group === last.group) await undoOne();
  if (last) document.dispatchEvent(new CustomEvent("store-changed"));
  return last?.number ?? null;
}

async function undoOne() {
  const last = done.pop();
  if (!last) return null;
  const { number, before, change, onchange } = last;
  const path = `v1/review/${encodeURIComponent(String(number.line_id))}/undo`;
  try {
    const { id, version } = await call(path, { json: { by: userName(), change } });
    versions.set(id, version);
  } catch (error) {
    const isOutdated = error instanceof ApiError && error.status === 409; // changed since
    if (!isOutdated) done.push(last);
    else if (error.current) {
      versions.set(error.current.id, error.current.version);
      Object.assign(number, { text: error.current.text, state: error.current.state });
      onchange();
    }
    throw error;
  }
  Object.assign(number, { text: before.text, state: before.state });
  return last;
}

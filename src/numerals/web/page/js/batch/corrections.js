// @ts-check
// Answers that the user gives in the table, and their undo.

import { answerProblem } from "../answer-text.js";
import { ApiError, call, newKey } from "../api.js";
import { userName } from "../settings.js";

/** @typedef {import("../batches/batches.js").Row} Row */

/**
 * @typedef {object} AnswerOptions
 * @property {number} [group] answers of one group are undone together
 * @property {(number: Row, text: string) => Promise<{change: string | null}> | null} [send] sends the
 *   answer for a number that is not stored yet; null for others
 */

/** @type {{number: Row, before: Row, change: string | null, group: number | undefined}[]} */
const done = []; // the latest last
/** @type {Map<string, string>} */
const conflicts = new Map(); // line id -> version of another user's answer, which is shown
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
    const sent = sending.then(() => options.send?.(number, text) ?? send(number, text));
    sending = sent.catch(() => {});
    const { change } = await sent;
    done.push({ number, before, change, group: options.group });
    document.dispatchEvent(new CustomEvent("store-changed"));
  } catch (error) {
    const current = error instanceof ApiError ? error.current : null; // another user's answer
    if (current) conflicts.set(current.id, current.version);
    Object.assign(number, { text: (current ?? before).text, state: (current ?? before).state });
    onchange();
    throw error;
  } finally {
    number.isPending = false;
  }
}

/**
 * @param {Row} number
 * @param {string} text
 * @returns {Promise<{change: string | null}>}
 */
async function send({ line_id: id }, text) {
  // Without a version, the answer of another user is not replaced: see docs/serve.md.
  const version = conflicts.get(String(id));
  const json = { line_id: id, text, by: userName(), ...(version ? { version } : {}) };
  const item = await call("v1/corrections", { json, key: newKey() });
  conflicts.delete(String(id));
  return item;
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
  const { number, before, change } = last;
  const path = `v1/review/${encodeURIComponent(String(number.line_id))}/undo`;
  try {
    await call(path, { json: { by: userName(), change } });
  } catch (error) {
    const isOutdated = error instanceof ApiError && error.status === 409; // changed since
    if (!isOutdated) done.push(last);
    throw error;
  }
  Object.assign(number, { text: before.text, state: before.state });
  return last;
}

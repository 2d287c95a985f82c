// @ts-check
// What the input of a number starts with, and whether the user has changed it.

import { answerProblem } from "../answer-text.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */

const MIN_SHOWN_CONFIDENCE = 0.5;
const UNREADABLE = "?"; // a digit that was too uncertain to be read

/** Return whether a reading is so probable that Enter alone may confirm it. @param {string} text @param {number} confidence */
export const isProbable = (text, confidence) => confidence >= MIN_SHOWN_CONFIDENCE && !text.includes(UNREADABLE);

/**
 * Return what the input of an item starts with. An improbable reading is not in it, so that Enter
 * alone confirms nothing.
 * @param {CheckItem} item
 */
export function initialText(item) {
  if (item.given !== undefined) return item.given;
  if (item.state !== "waiting") return item.text;
  return isProbable(item.read, item.confidence) ? item.read : "";
}

/**
 * Show a text in an input, selected, so that typing replaces it.
 * @param {HTMLInputElement} input
 * @param {string} text
 */
export function startWith(input, text) {
  input.value = text;
  input.dataset.start = text;
  input.select();
}

/** Whether nobody has typed into an input. @param {HTMLInputElement} input */
export const isUnedited = (input) => input.value === (input.dataset.start ?? "");

/**
 * Return why an answer cannot be sent, or "". Enter with an empty input never answers.
 * @param {string} text
 * @param {CheckItem} item
 */
export function problemOf(text, item) {
  if (!text) return "Type the number. If nothing is written here, press Delete.";
  return answerProblem(text, item.read);
}

// @ts-check
// Answers for the cells of a table. A cell without a number gets one with its first answer.

import { ApiError } from "../api.js";
import { correct } from "../batch/corrections.js";
import { putCell } from "./service.js";

/** @typedef {import("./cells.js").Cell} Cell */
/** @typedef {import("./cells.js").CellTable} CellTable */
/** @typedef {import("./service.js").Row} Row */

let nAnswers = 0;

/**
 * Set what a cell says. If several numbers were read in it, the first one gets the whole text, and
 * the others become nothing; undo restores all of them.
 * @param {string} batch id
 * @param {CellTable} table
 * @param {Cell} cell
 * @param {string} text
 * @param {() => void} onchange called after each change of the cell
 */
export async function answerCell(batch, table, cell, text, onchange) {
  if (!cell.numbers.length && !text) return;
  if (!cell.numbers.length) cell.numbers.push(unreadNumber(table, cell));
  nAnswers += 1;
  const options = {
    group: nAnswers,
    send: (/** @type {Row} */ number, /** @type {string} */ answer) =>
      number.line_id === null ? fillIn(batch, table, cell, number, answer) : null,
  };
  const [first, ...others] = cell.numbers;
  await Promise.all([
    correct(first, text, onchange, options),
    ...others.filter((number) => number.text).map((number) => correct(number, "", onchange, options)),
  ]);
}

/** Confirm what was read in a cell. @param {Cell} cell @param {() => void} onchange */
export async function confirmCell(cell, onchange) {
  nAnswers += 1;
  const options = { group: nAnswers };
  const waiting = cell.numbers.filter(({ state }) => state === "waiting");
  await Promise.all(waiting.map((number) => correct(number, number.text, onchange, options)));
}

/** @param {string} batch @param {CellTable} table @param {Cell} cell @param {Row} number @param {string} text */
async function fillIn(batch, table, cell, number, text) {
  try {
    const line = await putCell(batch, table.place, cell, text);
    number.line_id = line.id;
    return line;
  } catch (error) {
    // Another user has filled in the cell.
    if (error instanceof ApiError && error.current) number.line_id = error.current.id;
    throw error;
  }
}

/** @param {CellTable} table @param {Cell} cell @returns {Row} */
function unreadNumber({ place }, { row, column, box }) {
  return {
    line_id: null,
    page: place.page,
    line: 0,
    field: null,
    table: place.table,
    row,
    column,
    text: "",
    read: "",
    confidence: 0,
    state: "waiting",
    accepted: null,
    uncertain: false,
    note: "",
    box,
    crop: null,
    alternatives: [],
  };
}

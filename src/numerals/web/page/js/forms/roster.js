// @ts-check
// The values of a field that are on a list, such as the numbers of a class.

export const MAX_VALUES = 10_000;
const MAX_LENGTH = 40; // characters
const NUMBER = /^\d[\d ./:-]*$/; // what the service can read of a list

/** @typedef {import("./spreadsheet.js").Cells} Cells */
/** @typedef {{values: string[], repeated: string[], leftOut: string[]}} Roster */

/**
 * Return the numbers in a column; what is no number, such as a heading, is left out.
 * @param {Cells} cells
 * @param {number} column
 * @returns {Roster}
 */
export function rosterOf(cells, column) {
  const texts = cells.map((row) => (row[column] ?? "").trim()).filter(Boolean);
  const isNumber = (/** @type {string} */ text) => NUMBER.test(text) && text.length <= MAX_LENGTH;
  const numbers = texts.filter(isNumber);
  const seen = new Set();
  const repeated = new Set(numbers.filter((text) => seen.has(text) || !seen.add(text)));
  return { values: [...seen].slice(0, MAX_VALUES), repeated: [...repeated], leftOut: texts.filter((text) => !isNumber(text)) };
}

/** Return the column with the most different numbers. @param {Cells} cells */
export function findColumn(cells) {
  const columns = numberOfColumns(cells);
  const counts = Array.from({ length: columns }, (_, at) => rosterOf(cells, at).values.length);
  return Math.max(0, counts.indexOf(Math.max(...counts)));
}

/** @param {Cells} cells */
export const numberOfColumns = (cells) => cells.reduce((most, row) => Math.max(most, row.length), 0);

/** Return the names of the columns, from the first row or the first values. @param {Cells} cells */
export function columnNames(cells) {
  return Array.from({ length: numberOfColumns(cells) }, (_, at) => {
    const texts = cells.map((row) => row[at] ?? "").filter(Boolean);
    return `Column ${at + 1}: ${texts.slice(0, 3).join(", ").slice(0, 60)}`;
  });
}

/** Return a list in words. @param {Roster} roster @returns {string[]} sentences */
export function describeRoster({ values, repeated, leftOut }) {
  const some = (/** @type {string[]} */ texts) => `${texts.slice(0, 3).join(", ")}${texts.length > 3 ? ", …" : ""}`;
  const found = [values.length === 1 ? "1 number." : `${values.length.toLocaleString("en-GB")} numbers.`];
  if (repeated.length) found.push(`Twice on the list: ${some(repeated)}.`);
  if (leftOut.length) found.push(`Left out, because they are not numbers: ${some(leftOut)}.`);
  if (values.length === MAX_VALUES) found.push(`At most ${MAX_VALUES.toLocaleString("en-GB")} are possible.`);
  return found;
}

/** Return the values in a pattern of the form 1001|1002; null for any other format. @param {string} spec */
export function rosterOfPattern(spec) {
  const found = /^regex:((?:[\d |:]|\\[-./+])+)$/.exec(spec);
  return found && found[1].split("|").map((each) => each.replace(/\\(.)/g, "$1"));
}

// @ts-check
// Corrections of readings, and readings as text, CSV and JSON.

import { toCsvText } from "../csv.js";
import { characters } from "../digits.js";

/**
 * @typedef {import("../types.js").Box} Box
 * @typedef {import("../types.js").Line} Line
 * @typedef {import("../types.js").Page} Page
 * @typedef {import("../types.js").Reading} Reading
 * @typedef {import("./queue.js").Entry} Entry
 */

/**
 * What is shown of a reading.
 * @typedef {object} Limits
 * @property {number} threshold digits with a lower confidence are shown as ?
 * @property {number | null} maxError numbers that are wrong with a higher probability are shown as ?
 */

const MIN_OVERLAP = 0.5; // of the smaller box of the same number in two readings
const MASK = "?";
const CSV_COLUMNS = [
  "file",
  "page",
  "line",
  "text",
  "confidence",
  "x_min",
  "y_min",
  "x_max",
  "y_max",
  "table",
  "row",
  "column",
];

/**
 * Return why a line is shown as ?, or "".
 * @param {Line} line
 * @param {number | null} maxError
 * @returns {"" | "format" | "error"}
 */
export function rejection(line, maxError) {
  if (line.corrected) return "";
  if (line.accepted === false) return "format";
  return maxError !== null && line.confidence < 1 - maxError ? "error" : "";
}

/**
 * Return the text of a line, with ? for digits below the threshold unless it was corrected.
 * @param {Line} line
 * @param {Limits} limits
 */
export function lineText(line, { threshold, maxError }) {
  if (line.corrected) return line.text;
  if (rejection(line, maxError)) return MASK;
  return characters(line)
    .map(({ text, digit }) =>
      digit && digit.confidence < threshold && !digit.corrected ? MASK : text,
    )
    .join("");
}

/**
 * Return a line with another text; its digits change if their number is the same.
 * @param {Line} line
 * @param {string} text
 * @returns {Line}
 */
export function correctLine(line, text) {
  const newDigits = [...text.replace(/\s/g, "")];
  const isSameLength = newDigits.length === line.digits.length;
  const digits = line.digits.map((digit, i) => {
    if (!isSameLength || digit.text === newDigits[i]) return digit;
    return { ...digit, text: newDigits[i], corrected: true, read: digit.read ?? digit.text };
  });
  return { ...line, text, digits, corrected: true, read: line.read ?? line.text };
}

/**
 * Return a line with one digit replaced.
 * @param {Line} line
 * @param {number} index
 * @param {string} character
 */
export function correctDigit(line, index, character) {
  const text = characters(line)
    .map((each) => (each.index === index ? character : each.text))
    .join("");
  return correctLine(line, text);
}

/**
 * Put the corrections of a reading into a new reading of the same file. A corrected number that is
 * not found again stays.
 * @param {Reading} previous
 * @param {Reading} reading
 */
export function carryCorrections(previous, reading) {
  for (const page of reading.pages) {
    page.lines = page.lines.map(withStoredAnswer);
    const before = previous.pages.find((each) => each.page === page.page);
    for (const line of before?.lines ?? []) {
      if (!line.corrected || !before) continue;
      const at = page.lines.findIndex((each) => isSameNumber([line, before], [each, page]));
      if (at < 0) page.lines.push(toPage(line, before, page));
      else if (!page.lines[at].corrected) {
        page.lines[at] = { ...correctLine(page.lines[at], line.text), isSaved: line.isSaved };
      }
    }
  }
}

/**
 * Return a line with the answer that the store has for it.
 * @param {Line} line
 * @returns {Line}
 */
function withStoredAnswer(line) {
  if (line.state !== "corrected" || line.answer === undefined) return line;
  return { ...correctLine(line, line.answer), isSaved: true };
}

/**
 * Return whether lines of two readings are the same number.
 * @param {[Line, Page]} a
 * @param {[Line, Page]} b
 */
function isSameNumber([a, pageOfA], [b, pageOfB]) {
  if (a.line_id && b.line_id) return a.line_id === b.line_id;
  const [one, other] = [relative(a.box, pageOfA), relative(b.box, pageOfB)];
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  const area = Math.min(...[one, other].map(([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0)));
  return width > 0 && height > 0 && width * height >= MIN_OVERLAP * area;
}

/**
 * Return a box in shares of the page: PDFs have any resolution.
 * @param {Box} box
 * @param {{width: number, height: number}} page
 * @returns {Box}
 */
const relative = ([x0, y0, x1, y1], { width, height }) => [
  x0 / width,
  y0 / height,
  x1 / width,
  y1 / height,
];

/**
 * Return a line with its boxes in pixels of another reading of its page.
 * @param {Line} line
 * @param {Page} from
 * @param {Page} to
 * @returns {Line}
 */
function toPage(line, from, to) {
  const [x, y] = [to.width / from.width, to.height / from.height];
  const scale = (/** @type {Box} */ [x0, y0, x1, y1]) =>
    /** @type {Box} */ ([x0 * x, y0 * y, x1 * x, y1 * y].map(Math.round));
  const digits = line.digits.map((digit) => ({ ...digit, box: scale(digit.box) }));
  return { ...line, box: scale(line.box), digits };
}

/**
 * @param {Reading} reading
 * @param {Limits} limits
 */
export function fileText(reading, limits) {
  const lines = reading.pages.flatMap((page) => page.lines);
  return lines.map((line) => lineText(line, limits)).join("\n");
}

/**
 * Return table, row and column of a line, from 1; empty texts outside of tables.
 * @param {Line} line
 */
function tablePosition({ table, row, column }) {
  if (table === undefined || row === undefined || column === undefined) return ["", "", ""];
  return [table + 1, row + 1, column + 1];
}

/**
 * @param {Entry[]} entries
 * @param {Limits} limits
 */
export function toCsv(entries, limits) {
  /** @type {(string | number)[][]} */
  const rows = [CSV_COLUMNS];
  for (const { name, result } of entries) {
    for (const page of result?.pages ?? []) {
      page.lines.forEach((line, at) => {
        const text = lineText(line, limits);
        const position = tablePosition(line);
        rows.push([name, page.page, at + 1, text, line.confidence, ...line.box, ...position]);
      });
    }
  }
  return toCsvText(rows);
}

/**
 * @param {Entry[]} entries
 * @param {Limits} limits
 */
export function toJson(entries, limits) {
  const results = entries.map(({ name, result }) => ({
    ...result,
    source: name,
    pages: result?.pages.map((page) => ({
      ...page,
      text: page.lines.map((line) => lineText(line, limits)).join("\n"),
      lines: page.lines.map((line) => ({ ...line, text: lineText(line, limits) })),
    })),
  }));
  return `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
}

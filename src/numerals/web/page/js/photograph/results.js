// Corrections of readings, and readings as text, CSV and JSON.

import { toCsvText } from "../csv.js";
import { characters } from "../digits.js";

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

/** Return the text of a line, with ? for digits below the threshold unless it was corrected. */
function lineText(line, threshold) {
  if (line.corrected) return line.text;
  if (line.accepted === false) return MASK; // the text does not match the format
  return characters(line)
    .map(({ text, digit }) =>
      digit && digit.confidence < threshold && !digit.corrected ? MASK : text,
    )
    .join("");
}

/** Return a line with another text; its digits change if their number is the same. */
export function correctLine(line, text) {
  const newDigits = [...text.replace(/\s/g, "")];
  const isSameLength = newDigits.length === line.digits.length;
  const digits = line.digits.map((digit, i) => {
    if (!isSameLength || digit.text === newDigits[i]) return digit;
    return { ...digit, text: newDigits[i], corrected: true, read: digit.read ?? digit.text };
  });
  return { ...line, text, digits, corrected: true, read: line.read ?? line.text };
}

/** Return a line with one digit replaced. */
export function correctDigit(line, index, character) {
  const text = characters(line)
    .map((each) => (each.index === index ? character : each.text))
    .join("");
  return correctLine(line, text);
}

export function fileText(entry, threshold) {
  const lines = entry.result.pages.flatMap((page) => page.lines);
  return lines.map((line) => lineText(line, threshold)).join("\n");
}

/** Return table, row and column of a line, from 1; empty texts outside of tables. */
function tablePosition(line) {
  if (line.row === undefined) return ["", "", ""];
  return [line.table + 1, line.row + 1, line.column + 1];
}

export function toCsv(entries, threshold) {
  const rows = [CSV_COLUMNS];
  for (const { name, result } of entries) {
    for (const page of result.pages) {
      page.lines.forEach((line, at) => {
        const text = lineText(line, threshold);
        const position = tablePosition(line);
        rows.push([name, page.page, at + 1, text, line.confidence, ...line.box, ...position]);
      });
    }
  }
  return toCsvText(rows);
}

export function toJson(entries, threshold) {
  const results = entries.map(({ name, result }) => ({
    ...result,
    source: name,
    pages: result.pages.map((page) => ({
      ...page,
      text: page.lines.map((line) => lineText(line, threshold)).join("\n"),
      lines: page.lines.map((line) => ({ ...line, text: lineText(line, threshold) })),
    })),
  }));
  return `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
}

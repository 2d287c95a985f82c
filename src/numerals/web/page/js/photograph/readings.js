// What was read in the files: texts as they are shown, copied and saved.

import { writeCsv } from "../csv.js";
import { characters } from "../digits.js";

const DOUBT = "?";
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

/** A line's text: as corrected; else with ? for digits below the threshold. */
function lineText(line, threshold) {
  if (line.corrected) return line.text;
  if (line.accepted === false) return DOUBT; // what breaks the format is not passed on as read
  return characters(line)
    .map(({ text, digit }) =>
      digit && digit.confidence < threshold && !digit.corrected ? DOUBT : text,
    )
    .join("");
}

/** Put another text in a line's place, on each digit as far as they still match. */
export function correctLine(line, text) {
  const marks = [...text.replace(/\s/g, "")];
  const matches = marks.length === line.digits.length;
  const digits = line.digits.map((digit, at) => {
    if (!matches || digit.text === marks[at]) return digit;
    return { ...digit, text: marks[at], corrected: true, read: digit.read ?? digit.text };
  });
  return { ...line, text, digits, corrected: true, read: line.read ?? line.text };
}

/** Put another character in place of one digit. */
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

/** A number's table, row and column, from 1; empty outside of tables. */
function place(line) {
  if (line.row === undefined) return ["", "", ""];
  return [line.table + 1, line.row + 1, line.column + 1];
}

export function toCsv(entries, threshold) {
  const rows = [CSV_COLUMNS];
  for (const { name, result } of entries) {
    for (const page of result.pages) {
      page.lines.forEach((line, at) => {
        const text = lineText(line, threshold);
        rows.push([name, page.page, at + 1, text, line.confidence, ...line.box, ...place(line)]);
      });
    }
  }
  return writeCsv(rows);
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

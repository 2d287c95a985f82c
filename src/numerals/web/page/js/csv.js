// @ts-check
// Write CSV whose cells spreadsheets do not evaluate. The rules are those of numerals/csv_cells.py.

const STARTS_FORMULA = /^'*[=+\-@\t\r\n\0＝＋－＠]/;
const NUMBER = new RegExp(
  [
    "-", // no reading
    String.raw`[+\-]\s?[\p{Nd}?][\p{Nd}?\s.,'’_]*(?:,-|[\-%])?`,
    String.raw`\+\s?\(?[\p{Nd}?][\p{Nd}?\s()./\-]*`, // a phone number
    String.raw`-\s?[\p{Nd}?]+(?:[\/:][\p{Nd}?]+)+`, // a fraction or a time
  ]
    .map((pattern) => `^(?:${pattern})$`)
    .join("|"),
  "u",
);
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Format rows as CSV. A text that a spreadsheet would take as a formula gets an apostrophe.
 * @param {(string | number)[][]} rows
 */
export function toCsvText(rows) {
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

/** @param {string | number} value */
function cell(value) {
  const text = typeof value === "string" ? escapeCell(value) : String(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Return a text that a spreadsheet does not evaluate, without control characters.
 * @param {string} value
 */
export function escapeCell(value) {
  const isFormula = STARTS_FORMULA.test(value) && !NUMBER.test(value);
  const text = value.replace(CONTROL, escapeControl);
  return isFormula ? `'${text}` : text;
}

/** @type {Record<string, string>} */
const SHORT_FORMS = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** @param {string} character */
function escapeControl(character) {
  if (SHORT_FORMS[character]) return SHORT_FORMS[character];
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

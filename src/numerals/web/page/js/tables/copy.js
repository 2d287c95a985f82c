// @ts-check
// A table for the clipboard: text with tabs, and HTML that spreadsheets paste as typed cells. The
// rules for numbers are those of numerals/output/table_sheet.py.

import { escapeCell } from "../csv.js";

const HEAD =
  '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head><body>';
// A leading zero is part of an identifier; a comma before three digits may separate thousands.
const NUMBER = /^([+-]?)(0|[1-9]\d{0,9})(?:\.(\d{1,5})|,(\d{1,2}))?$/;

/** @param {string[][]} rows */
export const toTabText = (rows) => rows.map((row) => row.map(escapeCell).join("\t")).join("\r\n");

/** @param {string[][]} rows */
export function toHtmlTable(rows) {
  const body = rows.map((row) => `<tr>${row.map(htmlCell).join("")}</tr>`).join("\n");
  return `${HEAD}<table>\n${body}\n</table></body></html>`;
}

/** @param {string} text */
function htmlCell(text) {
  const shown = escapeHtml(escapeCell(text));
  if (!text) return "<td></td>";
  const number = toNumber(text);
  if (!number) {
    // As text in Excel and LibreOffice, and in Google Sheets.
    const value = escapeHtml(JSON.stringify({ 1: 2, 2: escapeCell(text) }));
    return `<td style="mso-number-format:'\\@'" data-sheets-value="${value}">${shown}</td>`;
  }
  const { value, format } = number;
  const sheets = escapeHtml(JSON.stringify({ 1: 3, 3: value }));
  const style = format ? ` style="mso-number-format:'${format}'"` : "";
  return `<td x:num="${value}" sdval="${value}" data-sheets-value="${sheets}"${style}>${shown}</td>`;
}

/**
 * Return the number that a text is for a spreadsheet, and the format that shows it as it was written.
 * @param {string} text
 */
function toNumber(text) {
  const match = NUMBER.exec(text);
  if (!match) return null;
  const decimals = match[3] ?? match[4] ?? "";
  const digits = decimals ? `0\\.${"0".repeat(decimals.length)}` : "0";
  const format = match[1] === "+" ? `+${digits}\\;-${digits}\\;+${digits}` : decimals ? digits : "";
  return { value: Number(text.replace(",", ".")), format };
}

/** @param {string} text */
const escapeHtml = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

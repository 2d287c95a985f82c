// @ts-check
// Copy the tables of a page for a spreadsheet, with the corrections made on it.

import { copyOnClick, copyTextAndHtml } from "../clipboard.js";
import { toHtmlTable, toTabText } from "../tables/copy.js";
import { lineText } from "./results.js";

/** @typedef {import("../types.js").Page} Page */
/** @typedef {import("./results.js").Limits} Limits */

/**
 * Return the rows of a page's tables, one table below the other, with an empty row between them.
 * @param {Page} page
 * @param {Limits} limits
 */
function tableRows({ lines }, limits) {
  /** @type {string[][][]} */
  const tables = [];
  for (const line of lines) {
    if (line.table === undefined || line.row === undefined || line.column === undefined) continue;
    const rows = (tables[line.table] ??= []);
    const row = (rows[line.row] ??= []);
    row[line.column] = [row[line.column], lineText(line, limits)].filter(Boolean).join(" ");
  }
  const width = Math.max(0, ...tables.flat().map((row) => row?.length ?? 0));
  const fill = (/** @type {string[] | undefined} */ row) => Array.from({ length: width }, (_, at) => row?.[at] ?? "");
  return tables.flatMap((rows, at) => [...(at ? [fill([])] : []), ...Array.from(rows, fill)]);
}

/**
 * Copy the tables of the shown page when a button is clicked.
 * @param {HTMLButtonElement} button
 * @param {() => Page} getPage
 * @param {() => Limits} getLimits
 */
export function copyTablesOnClick(button, getPage, getLimits) {
  copyOnClick(button, () => {
    const rows = tableRows(getPage(), getLimits());
    copyTextAndHtml(toTabText(rows), toHtmlTable(rows));
  });
}

/** @param {Page} page */
export const hasTable = ({ lines }) => lines.some(({ table }) => table !== undefined);

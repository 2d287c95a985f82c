// @ts-check
// The header of a batch's table: its columns with their widths, and buttons that sort by them.

import { h } from "../dom.js";
import { fieldName } from "./cells.js";

/** @typedef {import("./model.js").TableModel} TableModel */

// Widths of columns, rem: of a character of a header, of a digit, of the sign and the margins.
const [HEADER_REM, DIGIT_REM, SIGN_REM, MIN_REM, MAX_REM] = [0.55, 0.62, 3.2, 5, 16];

export class TableHeader {
  /** @param {(column: string) => void} onsort "name", "confidence", "field:..." */
  constructor(onsort) {
    this.onsort = onsort;
    this.key = "";
    this.row = h("div", { class: "table-row table-header", role: "row", "aria-rowindex": 1 });
    this.element = h("div", { role: "rowgroup", class: "table-head" }, this.row);
  }

  /** Show the columns of the model; return whether they have changed. @param {TableModel} model */
  show(model) {
    const { sort } = model.query;
    const key = JSON.stringify([model.columns, sort]);
    if (key === this.key) return false;
    this.key = key;
    const columns = model.isForms
      ? model.columns.map((name) => [`field:${name}`, fieldName(name)])
      : [["", "Number"], ["confidence", "Confidence"]];
    this.row.replaceChildren(
      ...[["name", "File"], ...columns].map(([value, text]) => this.#cell(value, text, sort)),
    );
    return true;
  }

  /** @param {string} value @param {string} text @param {string} sort */
  #cell(value, text, sort) {
    if (!value) return h("div", { class: "cell plain", role: "columnheader" }, text);
    const order = sort === value ? "ascending" : sort === `-${value}` ? "descending" : "none";
    const arrow = { ascending: " ↑", descending: " ↓", none: "" }[order];
    const button = h(
      "button",
      {
        type: "button",
        tabindex: -1,
        class: "sort",
        onclick: () => this.onsort(order === "ascending" ? `-${value}` : value),
      },
      text,
      h("span", { "aria-hidden": "true" }, arrow),
    );
    return h("div", { class: "cell", role: "columnheader", "aria-sort": order }, button);
  }
}

/** Make the columns of fields as wide as their longest text that is loaded. @param {HTMLElement} table @param {TableModel} model */
export function fitColumns(table, model) {
  if (!model.isForms) return;
  const lengths = model.textLengths();
  const widths = model.columns.map((name, at) => {
    const rem = Math.max(HEADER_REM * name.length, DIGIT_REM * lengths[at] + SIGN_REM, MIN_REM);
    return Math.min(rem, MAX_REM);
  });
  const columns = widths.map((rem) => `minmax(${rem}rem, ${rem}fr)`).join(" ");
  table.style.setProperty("--columns", columns);
  const total = widths.reduce((sum, rem) => sum + rem, 0);
  table.style.setProperty("--columns-width", `${total}rem`);
}

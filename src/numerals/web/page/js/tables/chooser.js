// @ts-check
// Which of the tables of a batch is shown.

import { count } from "../batches/progress.js";
import { fillSelect, h, icon } from "../dom.js";

/** @typedef {import("./service.js").ListedTable} ListedTable */
/** @typedef {import("./service.js").TablePlace} TablePlace */

/** Return a name for a table's address, such as "12/1/2". @param {TablePlace} place */
export const keyOf = ({ item, page, table }) => `${item}/${page}/${table}`;

/** @param {(table: ListedTable) => void} onchoose */
export function makeChooser(onchoose) {
  /** @type {ListedTable[]} */
  let tables = [];
  const list = h("select", { "aria-label": "Table" });
  const step = (/** @type {number} */ by, /** @type {string} */ name) =>
    h("button", { type: "button", class: "quiet", "aria-label": name, title: name, onclick: () => choose(list.selectedIndex + by) }, icon("back"));
  const [previous, next] = [step(-1, "Previous table"), step(1, "Next table")];
  next.classList.add("next");
  list.addEventListener("change", () => choose(list.selectedIndex));

  /** @param {number} at */
  function choose(at) {
    if (!tables[at]) return;
    list.selectedIndex = at;
    showSteps();
    onchoose(tables[at]);
  }

  function showSteps() {
    previous.disabled = list.selectedIndex <= 0;
    next.disabled = list.selectedIndex >= tables.length - 1;
  }

  return {
    element: h("div", { class: "table-chooser" }, previous, list, next),
    /** Show the tables; return the one with this key, or the first. @param {ListedTable[]} found @param {string} key */
    show(found, key) {
      tables = found;
      const isOnly = (/** @type {ListedTable} */ table) =>
        tables.every(({ item, page, table: number }) => item !== table.item || (page === table.page && number === table.table));
      fillSelect(list, tables.map((table) => [keyOf(table), titleOf(table, isOnly(table))]));
      list.selectedIndex = Math.max(0, tables.findIndex((table) => keyOf(table) === key));
      showSteps();
      return tables[list.selectedIndex] ?? null;
    },
  };
}

/** @param {ListedTable} table @param {boolean} isOnly whether its file has no other table */
function titleOf({ name, page, table, rows, columns, to_review: n }, isOnly) {
  const place = isOnly ? "" : `, page ${page}, table ${table}`;
  return `${name}${place}: ${rows} × ${columns}${n ? `, ${count(n, "cell")} to check` : ""}`;
}

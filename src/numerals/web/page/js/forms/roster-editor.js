// @ts-check
// The list of allowed values of a field: typed, pasted from a spreadsheet, or from a file.

import { fillSelect, h, icon } from "../dom.js";
import { columnNames, describeRoster, findColumn, numberOfColumns, rosterOf } from "./roster.js";
import { parseDelimited, readCells } from "./spreadsheet.js";

/** @typedef {import("./spreadsheet.js").Cells} Cells */

/**
 * @param {string[]} values
 * @param {(values: string[]) => void} onchange
 */
export function makeRosterEditor(values, onchange) {
  /** @type {Cells} */
  let cells = [];
  const text = h("textarea", { id: "field-roster", rows: 6, spellcheck: "false", "aria-describedby": "roster-about", placeholder: "1017\n1022\n1031" });
  text.value = values.join("\n");
  const column = h("select", {});
  const columnLabel = h("label", { hidden: true }, "Which column has the numbers?", column);
  const chooser = h("input", { class: "visually-hidden", type: "file", accept: ".csv,.txt,.tsv,.xlsx,text/csv,text/plain" });
  const about = h("p", { id: "roster-about", class: "small", role: "status" });
  const element = h(
    "div",
    { class: "roster-editor" },
    h("label", { for: "field-roster" }, "The numbers, one in each line"),
    text,
    columnLabel,
    h("label", { class: "button" }, icon("folder"), "Excel or CSV file", chooser),
    about,
  );

  /** @param {import("./roster.js").Roster} roster */
  function use(roster) {
    about.textContent = describeRoster(roster).join(" ");
    values = roster.values;
    onchange(values);
  }

  function useColumn() {
    const roster = rosterOf(cells, Number(column.value));
    text.value = roster.values.join("\n");
    use(roster);
  }

  /** @param {Cells} found */
  function useCells(found) {
    cells = found;
    const chosen = findColumn(cells);
    fillSelect(column, columnNames(cells).map((name, at) => /** @type {[string, string]} */ ([String(at), name])), String(chosen));
    column.value = String(chosen);
    columnLabel.hidden = numberOfColumns(cells) < 2;
    useColumn();
  }

  column.addEventListener("change", useColumn);
  text.addEventListener("input", () => {
    columnLabel.hidden = true;
    use(rosterOf(text.value.split("\n").map((line) => [line]), 0));
  });
  text.addEventListener("paste", (event) => {
    const found = parseDelimited(event.clipboardData?.getData("text/plain") ?? "");
    if (numberOfColumns(found) < 2) return;
    event.preventDefault();
    useCells(found);
  });
  chooser.addEventListener("change", async () => {
    const file = chooser.files?.[0];
    chooser.value = "";
    if (!file) return;
    try {
      useCells(await readCells(file));
    } catch (error) {
      about.textContent = error instanceof Error ? error.message : String(error);
    }
  });
  about.textContent = values.length ? describeRoster({ values, repeated: [], leftOut: [] }).join(" ") : "Type or paste them, or open a file. Only the numbers are sent to the service.";
  return {
    element,
    get values() {
      return values;
    },
  };
}

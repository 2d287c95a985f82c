// @ts-check
// Save the results of a batch as a file.

import { exportBatch } from "../batches/batches.js";
import { saveFile } from "../clipboard.js";
import { h, icon } from "../dom.js";
import { settled } from "./corrections.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */

const FORMATS = [
  ["xlsx", "Excel (XLSX)"],
  ["csv", "Text table (CSV)"],
  ["parquet", "Parquet"],
  ["json", "JSON"],
];

/**
 * @param {() => Batch} getBatch
 * @param {(action: () => Promise<unknown>) => Promise<unknown>} run runs an action and shows its error
 */
export function exportMenu(getBatch, run) {
  const save = async (/** @type {string} */ format) => {
    menu.open = false;
    const { id, name } = getBatch();
    await settled(); // answers that were just given are exported, too
    const blob = await exportBatch(id, format);
    const base = name.replaceAll(/[^\p{L}\p{N} ._-]/gu, "").trim() || "numbers";
    saveFile(`${base}.${format}`, blob.type, blob);
  };
  const menu = h(
    "details",
    { class: "menu" },
    h("summary", { class: "button" }, icon("download"), "Export"),
    h(
      "div",
      { class: "card menu-items" },
      FORMATS.map(([format, text]) => h("button", { type: "button", onclick: () => run(() => save(format)) }, text)),
      h("p", { class: "small" }, "Your corrections are included."),
    ),
  );
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  menu.addEventListener("focusout", (event) => {
    const next = /** @type {Node | null} */ (event.relatedTarget);
    if (next && !menu.contains(next)) menu.open = false;
  });
  return menu;
}

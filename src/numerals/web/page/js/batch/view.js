// @ts-check
// Batch: opens the screen of the batch that the address names, or the tables in it.

import { getBatch } from "../batches/batches.js";
import { $, h } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { isFilter } from "./filters.js";
import { BatchScreen } from "./screen.js";

/** @typedef {{elements: Node[], start: () => Promise<void>, stop: () => void}} Screen */

const section = $("#batch");
/** @type {Screen | null} */
let screen = null;

/** @param {string} argument id of a batch, and after a slash a filter, or "tables" and a table */
export async function enter(argument) {
  const [id, part = "", ...place] = argument.split("/");
  if (!id) {
    location.hash = "#home";
    return;
  }
  const notice = h("p", { class: "notice", role: "alert" });
  const title = h("h1", { id: "batch-title" }, "Batch");
  section.replaceChildren(title, notice);
  const batch = await runWithNotice(notice, () => getBatch(id), () => enter(argument));
  if (!batch) return;
  screen = part === "tables" ? await openTables(batch, place.join("/")) : new BatchScreen(batch, isFilter(part) ? part : "all");
  section.replaceChildren(...screen.elements);
  await screen.start();
}

/** @param {import("../batches/batches.js").Batch} batch @param {string} key of a table @returns {Promise<Screen>} */
async function openTables(batch, key) {
  const { TablesScreen } = await import("../tables/screen.js");
  return new TablesScreen(batch, key);
}

export function leave() {
  screen?.stop();
  screen = null;
  section.replaceChildren();
}

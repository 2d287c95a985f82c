// @ts-check
// Batch: opens the screen of the batch that the address names.

import { getBatch } from "../batches/batches.js";
import { $, h } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { isFilter } from "./filters.js";
import { BatchScreen } from "./screen.js";

const section = $("#batch");
/** @type {BatchScreen | null} */
let screen = null;

/** @param {string} argument id of a batch, and a filter after a slash */
export async function enter(argument) {
  const [id, filter = ""] = argument.split("/");
  if (!id) {
    location.hash = "#home";
    return;
  }
  const notice = h("p", { class: "notice", role: "alert" });
  const title = h("h1", { id: "batch-title" }, "Batch");
  section.replaceChildren(title, notice);
  const batch = await runWithNotice(notice, () => getBatch(id), () => enter(argument));
  if (!batch) return;
  screen = new BatchScreen(batch, isFilter(filter) ? filter : "all");
  section.replaceChildren(...screen.elements);
  await screen.start();
}

export function leave() {
  screen?.stop();
  screen = null;
  section.replaceChildren();
}

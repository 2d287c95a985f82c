// @ts-check
// The top of a batch: its name, progress, and what can be done with it.

import { askToDelete, askToRename, togglePause } from "../batches/actions.js";
import { progressBar } from "../batches/progress.js";
import { h, icon, setText } from "../dom.js";
import { filesOfInput } from "../upload/chosen-files.js";
import { upload } from "../upload/uploader.js";
import { askToReadAgain } from "./changes.js";
import { exportMenu } from "./export-menu.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */

/**
 * @param {() => Batch} getBatch
 * @param {(action: () => Promise<unknown>) => Promise<unknown>} run runs an action and shows its error
 * @param {(batch: Batch) => void} onchange called with the changed batch
 */
export function makeHead(getBatch, run, onchange) {
  const title = h("h1", { id: "batch-title" });
  const bar = progressBar();
  const button = (/** @type {string} */ name, /** @type {string} */ text, /** @type {() => Promise<unknown>} */ action) =>
    h("button", { type: "button", onclick: () => run(action) }, icon(name), text);
  const change = (/** @type {(batch: Batch) => Promise<Batch | null>} */ action) => async () => {
    const changed = await action(getBatch());
    if (changed) onchange(changed);
  };
  const check = h("a", { class: "button primary check-link" });
  const tables = h("a", { class: "button", hidden: true }, icon("table"), "Tables");
  const pause = button("pause", "Pause", change(togglePause));
  const rename = h(
    "button",
    { type: "button", class: "quiet", "aria-label": "Rename", onclick: () => run(change(askToRename)) },
    icon("edit"),
  );
  const remove = button("trash", "Delete", async () => {
    if (await askToDelete(getBatch())) location.hash = "#home";
  });
  const readAgain = change(askToReadAgain);
  const again = button("again", "Read again …", readAgain);
  const save = exportMenu(getBatch, run);
  const element = h(
    "div",
    { class: "batch-head" },
    h("a", { class: "button back", href: "#home", "aria-label": "All batches" }, icon("back")),
    h("div", { class: "batch-about" }, h("div", { class: "batch-title-row" }, title, rename), bar.element),
    h("div", { class: "toolbar batch-actions" }, check, tables, save, addFiles(getBatch), pause, again, remove),
  );

  return {
    element,
    readAgain: () => run(readAgain),
    /** @param {number} nTables that were found in the files */
    showTables(nTables) {
      tables.hidden = !nTables;
      tables.href = `#batch/${getBatch().id}/tables`;
    },
    show(/** @type {Batch} */ batch) {
      setText(title, batch.name);
      document.title = `${batch.name} · numerals`;
      bar.show(batch);
      check.hidden = !batch.to_review;
      check.href = `#review/${batch.id}`;
      setText(check, `Check ${batch.to_review.toLocaleString("en-GB")} numbers`);
      const isPaused = batch.state === "paused";
      pause.hidden = batch.state === "done";
      if (pause.dataset.paused !== String(isPaused)) {
        pause.dataset.paused = String(isPaused);
        pause.replaceChildren(...(isPaused ? [icon("resume"), "Continue"] : [icon("pause"), "Pause"]));
      }
      again.disabled = !batch.files || !batch.bytes;
      save.hidden = !batch.done;
    },
  };
}

/** @param {() => Batch} getBatch */
function addFiles(getBatch) {
  const input = h("input", {
    type: "file",
    class: "visually-hidden",
    multiple: true,
    accept: "image/*,.pdf,.tif,.tiff,.heic,.heif,application/pdf",
  });
  input.addEventListener("change", () => upload(getBatch(), filesOfInput(input)));
  return h("label", { class: "button" }, icon("add"), "Add files", input);
}

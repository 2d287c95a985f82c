// @ts-check
// Files that are dropped or pasted anywhere on the page start a batch, or join the open one.
// A view with a place for files of its own calls preventDefault.

import { $, setText } from "../dom.js";
import { filesOfDrop } from "./chosen-files.js";
import { startBatch } from "./start-batch.js";
import { showUploads } from "./status.js";
import { upload } from "./uploader.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */

/** @type {Batch | null} */
let openBatch = null;

/** Set the batch that dropped files join; null for a new batch. */
export function setDropTarget(/** @type {Batch | null} */ batch) {
  openBatch = batch;
}

const hasOwnPlace = () => Boolean(document.querySelector("#photograph:not([hidden]), #forms:not([hidden])"));
const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");

export function acceptDropsAnywhere() {
  const overlay = $("#drop-anywhere");
  const text = $("#drop-anywhere p");
  showUploads();
  document.addEventListener("dragover", (event) => {
    if (event.defaultPrevented || hasOwnPlace() || !hasFiles(event)) return;
    event.preventDefault();
    setText(text, openBatch ? `Drop to add to “${openBatch.name}”` : "Drop to read");
    overlay.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) overlay.hidden = true;
  });
  document.addEventListener("drop", async (event) => {
    overlay.hidden = true;
    if (event.defaultPrevented || hasOwnPlace() || !hasFiles(event)) return;
    event.preventDefault();
    const files = filesOfDrop(/** @type {DataTransfer} */ (event.dataTransfer));
    add(await files);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || hasOwnPlace()) return;
    const stamp = new Date().toISOString().slice(11, 19).replaceAll(":", "");
    add(files.map((file, at) => ({ path: `pasted-${stamp}-${at + 1}-${file.name}`, file })));
  });
}

/** @param {import("./chosen-files.js").ChosenFile[]} files */
function add(files) {
  if (openBatch) upload(openBatch, files);
  else startBatch(files);
}

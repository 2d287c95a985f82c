// @ts-check
// What a user does with a batch, with the questions that it needs.

import { askForText, askInDialog } from "../dialogs.js";
import { h } from "../dom.js";
import { forgetUnsent } from "../upload/unsent.js";
import { cancelUpload } from "../upload/uploader.js";
import { deleteBatch, pauseBatch, renameBatch, resumeBatch } from "./batches.js";
import { count } from "./progress.js";

/** @typedef {import("./batches.js").Batch} Batch */

/** @returns {Promise<Batch | null>} the renamed batch, or null if the user cancelled */
export async function askToRename(/** @type {Batch} */ batch) {
  const name = await askForText({
    title: "Rename the batch",
    label: "Name",
    value: batch.name,
    action: "Rename",
  });
  return name && name !== batch.name ? renameBatch(batch.id, name) : null;
}

/** @returns {Promise<boolean>} whether the batch was deleted */
export async function askToDelete(/** @type {Batch} */ batch) {
  const files = `The ${count(batch.files, "file")}`;
  const lost = batch.corrected
    ? `${files}, their results and ${count(batch.corrected, "correction")}`
    : `${files} and their results`;
  const isAgreed = await askInDialog({
    title: `Delete “${batch.name}”?`,
    content: [
      h("p", {}, `${lost} are deleted from this service.`),
      h("p", {}, "This cannot be undone. Export the results first if you need them."),
    ],
    action: `Delete ${count(batch.files, "file")}`,
    isDangerous: true,
  });
  if (!isAgreed) return false;
  cancelUpload(batch.id);
  await deleteBatch(batch.id);
  forgetUnsent(batch.id);
  document.dispatchEvent(new CustomEvent("store-changed"));
  return true;
}

/** Pause a batch, or continue it. @returns {Promise<Batch>} */
export const togglePause = (/** @type {Batch} */ { id, state }) =>
  state === "paused" ? resumeBatch(id) : pauseBatch(id);

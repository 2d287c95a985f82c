// @ts-check
// Create a batch for some files, send them, and open it.

import { ApiError } from "../api.js";
import { createBatch } from "../batches/batches.js";
import { $ } from "../dom.js";
import { notify } from "../notices.js";
import { commonFolder } from "./chosen-files.js";
import { upload } from "./uploader.js";

/** @typedef {import("./chosen-files.js").ChosenFile} ChosenFile */

/**
 * @param {ChosenFile[]} files
 * @param {{name?: string, options?: import("../batches/batches.js").Options, templates?: string[]}} [settings]
 */
export async function startBatch(files, settings = {}) {
  if (!files.length) {
    showProblem("There are no pictures or PDFs in what you chose.");
    return;
  }
  try {
    const batch = await createBatch({ name: commonFolder(files), ...settings });
    upload(batch, files);
    location.hash = `#batch/${batch.id}`;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showProblem(error.message, () => startBatch(files, settings));
  }
}

/** @param {string} message @param {() => void} [retry] */
function showProblem(message, retry) {
  location.hash = "#home";
  notify($("#home-notice"), message, retry);
}

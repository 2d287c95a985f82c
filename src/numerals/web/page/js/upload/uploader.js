// @ts-check
// Send files to batches, some at a time. It continues while the user looks at other views.

import { ApiError } from "../api.js";
import { sendFiles } from "../batches/batches.js";
import { forgetUnsent, rememberUnsent, signAlive, signDone } from "./unsent.js";

/** @typedef {import("./chosen-files.js").ChosenFile} ChosenFile */
/** @typedef {{path: string, reason: string}} Refused */
/** @typedef {{batch: string, name: string, total: number, sent: number, refused: Refused[], problem: string}} Upload */

const N_PARALLEL = 2; // requests at a time: the service also has to read
const MAX_FILES = 20; // in one request, which is acknowledged as a whole
const MAX_BYTES = 20 * 2 ** 20;
const MAX_DELAY = 30_000; // ms between attempts while the service does not answer
const REFUSALS = [400, 413, 415, 422]; // a repetition would be refused as well

/** @type {{upload: Upload, files: ChosenFile[]}[]} */
const groups = [];
/** @type {Map<string, Upload>} */
const uploads = new Map();
let nRunning = 0;

/** Return the uploads in progress. */
export const currentUploads = () => [...uploads.values()];

/** @param {{id: string, name: string}} batch @param {ChosenFile[]} files */
export function upload(batch, files) {
  if (!files.length) return;
  const entry = uploads.get(batch.id) ?? {
    batch: batch.id,
    name: batch.name,
    total: 0,
    sent: 0,
    refused: [],
    problem: "",
  };
  entry.total += files.length;
  uploads.set(batch.id, entry);
  rememberUnsent(batch.id, files.map(({ path }) => path));
  groups.push(...groupFiles(files).map((group) => ({ upload: entry, files: group })));
  announce();
  while (nRunning < N_PARALLEL && groups.length) run();
}

/** Stop sending files to a batch. */
export function cancelUpload(/** @type {string} */ batch) {
  for (let at = groups.length - 1; at >= 0; at -= 1) {
    if (groups[at].upload.batch === batch) groups.splice(at, 1);
  }
  uploads.delete(batch);
  forgetUnsent(batch);
  announce();
}

/** @param {ChosenFile[]} files */
function groupFiles(files) {
  /** @type {ChosenFile[][]} */
  const result = [];
  let bytes = 0;
  for (const each of files) {
    const last = result.at(-1);
    if (last && last.length < MAX_FILES && bytes + each.file.size <= MAX_BYTES) {
      last.push(each);
      bytes += each.file.size;
    } else {
      result.push([each]);
      bytes = each.file.size;
    }
  }
  return result;
}

async function run() {
  nRunning += 1;
  const alive = setInterval(signAlive, 2000);
  try {
    for (let group = groups.shift(); group; group = groups.shift()) await sendGroup(group);
  } finally {
    clearInterval(alive);
    nRunning -= 1;
    if (!nRunning) signDone();
  }
}

/** @param {{upload: Upload, files: ChosenFile[]}} group */
async function sendGroup({ upload: entry, files }) {
  for (let delay = 1000; uploads.has(entry.batch); delay = Math.min(2 * delay, MAX_DELAY)) {
    try {
      const { skipped } = await sendFiles(entry.batch, files);
      entry.refused.push(...skipped.map(({ name, reason }) => ({ path: name, reason })));
      finish(entry, files.length);
      return;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) return cancelUpload(entry.batch); // the batch was deleted
      if (REFUSALS.includes(error.status) && files.length > 1) {
        // One of them is refused: send each one alone.
        groups.unshift(...files.map((file) => ({ upload: entry, files: [file] })));
        return;
      }
      if (REFUSALS.includes(error.status)) {
        entry.refused.push({ path: files[0].path, reason: error.message });
        finish(entry, 1);
        return;
      }
      entry.problem = error.message;
      announce();
      await new Promise((resolve) => setTimeout(resolve, Math.max(delay, 1000 * error.retryAfter)));
    }
  }
}

/** @param {Upload} entry @param {number} nFiles */
function finish(entry, nFiles) {
  entry.sent += nFiles;
  entry.problem = "";
  if (entry.sent >= entry.total) {
    uploads.delete(entry.batch);
    forgetUnsent(entry.batch);
  }
  announce(entry);
}

/** @param {Upload} [changed] */
function announce(changed) {
  document.dispatchEvent(new CustomEvent("uploads-changed", { detail: changed ?? null }));
}

// Files that were not sent would be lost with the tab.
window.addEventListener("beforeunload", (event) => {
  if (uploads.size) event.preventDefault();
});
window.addEventListener("pagehide", () => uploads.size && signDone());

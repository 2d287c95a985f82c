// @ts-check
// Home: three ways to start, and the batches.

import { ApiError } from "../api.js";
import { listBatches } from "../batches/batches.js";
import { followBatches } from "../batches/events.js";
import { $, input } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { filesOfInput } from "../upload/chosen-files.js";
import { startBatch } from "../upload/start-batch.js";
import { makeBatchList } from "./batch-list.js";
import { startSampleForms, startSamplePictures } from "./samples.js";
import { askForStack } from "./stack.js";
import { showUnsent } from "./unsent-notice.js";

const startNotice = $("#home-notice");
const listNotice = $("#batches-notice");
const list = makeBatchList($("#batch-list"), async (action) => {
  await runWithNotice(listNotice, action);
  showEmpty();
});
let isSetUp = false;
let stopFollowing = () => {};

export async function enter() {
  if (!isSetUp) setUp();
  if (!(await load())) return;
  stopFollowing = followBatches(onEvent);
}

export function leave() {
  stopFollowing();
}

function setUp() {
  isSetUp = true;
  for (const each of [input("#home-files"), input("#home-folder")]) {
    each.addEventListener("change", () => startBatch(filesOfInput(each)));
  }
  const run = (/** @type {() => Promise<unknown>} */ action) => () => runWithNotice(startNotice, action);
  $("#home-forms").addEventListener("click", run(askForStack));
  $("#home-sample-pictures").addEventListener("click", run(startSamplePictures));
  $("#home-sample-forms").addEventListener("click", run(startSampleForms));
}

/** Load the batches; return whether the service stores any. */
async function load() {
  const isStored = await runWithNotice(listNotice, showBatches, enter);
  $("#home-batches").hidden = isStored === false;
  return isStored;
}

async function showBatches() {
  try {
    const { batches } = await listBatches();
    list.replace(batches);
    showEmpty();
    await showUnsent($("#batch-unsent"), batches);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false; // the service has no store
    throw error;
  }
}

/** @param {string} event @param {any} data */
function onEvent(event, data) {
  if (event === "batches") list.replace(data.batches);
  if (event === "batch") list.update(data);
  if (event === "deleted") list.remove(data.id);
  showEmpty();
}

function showEmpty() {
  $("#batches-empty").hidden = list.size > 0;
}

// @ts-check
// The names of files that a tab is sending, so that a tab that was closed meanwhile can name those
// that are missing. The browser keeps names only, never the files.

import { listItems } from "../batches/batches.js";

const KEY = "numerals.uploads";
const ALIVE_KEY = "numerals.uploads-alive"; // time of the last sign of a tab that is sending
const ALIVE_MS = 6000;
const PAGE_SIZE = 500; // items in one answer of the service

/** @returns {Record<string, string[]>} batch id -> paths */
function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {Record<string, string[]>} uploads */
function save(uploads) {
  try {
    if (Object.keys(uploads).length) localStorage.setItem(KEY, JSON.stringify(uploads));
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage, or if it is full, missing files are not named later.
  }
}

/** Remember the files that are going to be sent to a batch. */
export function rememberUnsent(/** @type {string} */ batch, /** @type {string[]} */ paths) {
  const uploads = load();
  uploads[batch] = [...new Set([...(uploads[batch] ?? []), ...paths])];
  save(uploads);
  signAlive();
}

/** Forget the files of a batch, because they were sent or are not wanted any more. */
export function forgetUnsent(/** @type {string} */ batch) {
  const { [batch]: _, ...others } = load();
  save(others);
}

/** Say that this tab is sending; call it more often than every `ALIVE_MS`. */
export function signAlive() {
  try {
    localStorage.setItem(ALIVE_KEY, String(Date.now()));
  } catch {
    // See save().
  }
}

/** Say that this tab is not sending any more. */
export function signDone() {
  try {
    localStorage.removeItem(ALIVE_KEY);
  } catch {
    // See save().
  }
}

const isSentElsewhere = () => {
  try {
    return Date.now() - Number(localStorage.getItem(ALIVE_KEY) ?? 0) < ALIVE_MS;
  } catch {
    return false;
  }
};

/** Return the ids of the batches that may lack files. */
export const batchesWithUnsent = () => (isSentElsewhere() ? [] : Object.keys(load()));

/** Return the paths of a batch's files that the service does not have. */
export async function findUnsent(/** @type {string} */ batch) {
  const paths = load()[batch] ?? [];
  if (!paths.length || isSentElsewhere()) return [];
  const missing = new Set(paths);
  for (let offset = 0, total = 1; offset < total; offset += PAGE_SIZE) {
    const page = await listItems(batch, { offset, limit: PAGE_SIZE });
    total = page.total;
    for (const { name } of page.items) missing.delete(name);
  }
  if (!missing.size) forgetUnsent(batch);
  return [...missing];
}

// @ts-check
// A queue that reads files one after the other. A file that fails does not stop the queue.

import { ApiError, call, newKey, retryWhileBusy } from "../api.js";
import { carryCorrections } from "./results.js";

/**
 * @typedef {import("../types.js").Reading} Reading
 * @typedef {Record<string, string>} Query parameters of v1/read
 */

/**
 * A file in the queue.
 * @typedef {object} Entry
 * @property {number} id
 * @property {File} file
 * @property {string} name
 * @property {string} url object URL of the file
 * @property {"waiting" | "reading" | "done" | "failed"} state
 * @property {string} note
 * @property {boolean} canRetry
 * @property {Reading | null} result
 * @property {Reading | null} previous the result before the file was read again
 * @property {string | null} readingId in the store; the next reading of the file replaces it
 * @property {string} settings query of the latest request, as text
 * @property {{request: string, value: string} | null} key idempotency key of the latest request
 */

let count = 0;

/**
 * Return the idempotency key of a request; the same request again has the same key.
 * @param {Entry} entry
 * @param {Query} query
 */
function keyOf(entry, query) {
  const request = JSON.stringify(query);
  if (entry.key?.request !== request) entry.key = { request, value: newKey() };
  return entry.key.value;
}

/**
 * @param {() => Query} settings
 * @param {(entry: Entry) => void} onchange
 * @param {() => Entry | null} first the file to read before the others
 */
export function makeQueue(settings, onchange, first) {
  /** @type {Entry[]} */
  const entries = [];
  let isBusy = false;

  /**
   * @param {Entry} entry
   * @param {Partial<Entry>} values
   */
  function set(entry, values) {
    Object.assign(entry, values);
    onchange(entry);
  }

  async function run() {
    if (isBusy) return;
    isBusy = true;
    for (let entry = nextWaiting(); entry; entry = nextWaiting()) await read(entry);
    isBusy = false;
  }

  function nextWaiting() {
    const waiting = entries.filter(({ state }) => state === "waiting");
    return waiting.find((entry) => entry === first()) ?? waiting[0];
  }

  /** @param {Entry} entry */
  async function read(entry) {
    const query = settings();
    set(entry, { state: "reading", note: "", settings: JSON.stringify(query) });
    try {
      const result = await send(entry, query);
      // Known even if the settings changed meanwhile: the next reading replaces this one.
      entry.readingId = result.id ?? entry.readingId;
      entry.key = null;
      if (entry.state !== "reading") return;
      if (entry.previous) carryCorrections(entry.previous, result);
      // If a later page is damaged, the result has the pages before it and an error.
      set(entry, { state: "done", result, previous: null, note: result.error ?? "" });
    } catch (error) {
      if (entry.state !== "reading") return;
      const [note, canRetry] =
        error instanceof ApiError ? [error.message, error.canRetry] : [String(error), true];
      set(entry, { state: "failed", note, result: null, canRetry });
    }
  }

  /**
   * @param {Entry} entry
   * @param {Query} settingsQuery
   * @returns {Promise<Reading>}
   */
  async function send(entry, settingsQuery) {
    const replaces = settingsQuery.keep === "true" ? (entry.readingId ?? "") : "";
    const query = { ...settingsQuery, replaces };
    const key = keyOf(entry, query);
    const onWait = (/** @type {number} */ seconds) =>
      set(entry, { note: `Service busy, retrying in ${seconds} s` });
    const upload = () => {
      const form = new FormData();
      form.append("picture", entry.file, entry.name);
      return call("v1/read", { form, query, key });
    };
    try {
      return await retryWhileBusy(upload, onWait);
    } catch (error) {
      const isGone = error instanceof ApiError && error.status === 404 && entry.readingId !== null;
      if (!isGone) throw error;
      entry.readingId = null; // somebody deleted the reading
      return send(entry, settingsQuery);
    }
  }

  /** @param {Entry} entry */
  function putBack(entry) {
    const previous = entry.result ?? entry.previous;
    set(entry, { state: "waiting", result: null, previous, note: "" });
  }

  return {
    entries,
    /** @param {Iterable<File>} files */
    add(files) {
      const added = [...files].map(newEntry);
      entries.push(...added);
      added.forEach(onchange);
      run();
      return added;
    },
    /**
     * Read a file again.
     * @param {Entry} entry
     */
    retry(entry) {
      putBack(entry);
      run();
    },
    /** Read all files again that were read, or are being read, with other settings. */
    applySettings() {
      const query = JSON.stringify(settings());
      for (const entry of entries) {
        if (entry.state !== "waiting" && entry.settings !== query) putBack(entry);
      }
      run();
    },
    /** @param {Entry} entry */
    remove(entry) {
      entries.splice(entries.indexOf(entry), 1);
      URL.revokeObjectURL(entry.url);
    },
  };
}

/**
 * @param {File} file
 * @returns {Entry}
 */
function newEntry(file) {
  count += 1;
  return {
    id: count,
    file,
    name: file.name || `pasted-${count}.png`,
    url: URL.createObjectURL(file),
    state: "waiting",
    note: "",
    canRetry: true,
    result: null,
    previous: null,
    readingId: null,
    settings: "",
    key: null,
  };
}

// A queue that reads files one after the other. A file that fails does not stop the queue.

import { call, newKey, retryWhileBusy } from "../api.js";

let count = 0;

/** Return the idempotency key of a file; a retry with the same query has the same key. */
function keyOf(entry, query) {
  const queryText = JSON.stringify(query);
  if (entry.key?.queryText !== queryText) entry.key = { queryText, value: newKey() };
  return entry.key.value;
}

/**
 * @param settings function returning the query of v1/read
 * @param onchange function (changed entry)
 */
export function makeQueue(settings, onchange) {
  const entries = [];
  let isBusy = false;

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

  const nextWaiting = () => entries.find(({ state }) => state === "waiting");

  async function read(entry) {
    set(entry, { state: "reading", note: "" });
    const onWait = (seconds) => set(entry, { note: `Service busy, retrying in ${seconds} s` });
    const query = settings();
    const key = keyOf(entry, query);
    const upload = () => {
      const form = new FormData();
      form.append("picture", entry.file, entry.name);
      return call("v1/read", { form, query, key });
    };
    try {
      const result = await retryWhileBusy(upload, onWait);
      if (entry.state !== "reading") return; // the settings changed meanwhile
      entry.key = null;
      // If a later page is damaged, the result has the pages before it and an error.
      set(entry, { state: "done", result, note: result.error ?? "" });
    } catch (error) {
      if (entry.state !== "reading") return;
      set(entry, { state: "failed", note: error.message, result: null, canRetry: error.canRetry });
    }
  }

  return {
    entries,
    add(files) {
      const added = [...files].map((file) => {
        count += 1;
        const name = file.name || `pasted-${count}.png`;
        return {
          id: count,
          file,
          name,
          url: URL.createObjectURL(file),
          state: "waiting",
          note: "",
        };
      });
      entries.push(...added);
      added.forEach(onchange);
      run();
      return added;
    },
    /** Read a file again, with the current settings. */
    retry(entry) {
      set(entry, { state: "waiting", result: null, note: "" });
      run();
    },
    remove(entry) {
      entries.splice(entries.indexOf(entry), 1);
      URL.revokeObjectURL(entry.url);
    },
  };
}

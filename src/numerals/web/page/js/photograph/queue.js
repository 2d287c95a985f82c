// Files wait here and are read one after the other; one that fails stops nothing.

import { call, newKey, withPatience } from "../api.js";

let count = 0;

/** The same file, asked in the same way after a failure, goes under the same key. */
function keyOf(entry, query) {
  const asked = JSON.stringify(query);
  if (entry.key?.asked !== asked) entry.key = { asked, value: newKey() };
  return entry.key.value;
}

/**
 * @param settings function that returns the query of v1/read
 * @param onchange function of the entry that changed
 */
export function makeQueue(settings, onchange) {
  const entries = [];
  let busy = false;

  function set(entry, values) {
    Object.assign(entry, values);
    onchange(entry);
  }

  async function run() {
    if (busy) return;
    busy = true;
    for (let entry = waiting(); entry; entry = waiting()) await read(entry);
    busy = false;
  }

  const waiting = () => entries.find(({ state }) => state === "waiting");

  async function read(entry) {
    set(entry, { state: "reading", note: "" });
    const onWait = (seconds) => set(entry, { note: `busy; again in ${seconds} s` });
    const query = settings();
    const key = keyOf(entry, query);
    const upload = () => {
      const form = new FormData();
      form.append("picture", entry.file, entry.name);
      return call("v1/read", { form, query, key });
    };
    try {
      const result = await withPatience(upload, onWait);
      if (entry.state !== "reading") return; // asked again meanwhile, in another way
      entry.key = null;
      // The pages before a broken one are there, with what went wrong beside them.
      set(entry, { state: "done", result, note: result.error ?? "" });
    } catch (error) {
      if (entry.state !== "reading") return;
      set(entry, { state: "failed", note: error.message, result: null, mayWork: error.mayWork });
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
    again(entry) {
      set(entry, { state: "waiting", result: null, note: "" });
      run();
    },
    remove(entry) {
      entries.splice(entries.indexOf(entry), 1);
      URL.revokeObjectURL(entry.url);
    },
  };
}

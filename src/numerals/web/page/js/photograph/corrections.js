// Corrections of lines, sent one after the other, each with the version of the line that was seen.

import { call, newKey } from "../api.js";

const lines = new Map(); // line id -> {version, conflict, sending}

/** Send what a line says; rejects with the current value if somebody else answered meanwhile. */
export function sendCorrection(id, text, by) {
  const line = lines.get(id) ?? { version: "0", conflict: null, sending: Promise.resolve() };
  lines.set(id, line);
  if (line.conflict) {
    // The page has shown what somebody else answered: this correction is meant to replace it.
    line.version = line.conflict.version;
    line.conflict = null;
  }
  const key = newKey();
  const sent = line.sending.then(async () => {
    const json = { line_id: id, text, by, version: line.version };
    const item = await call("v1/corrections", { json, key });
    line.version = item.version;
    return item;
  });
  line.sending = sent.catch((error) => {
    if (error.current) line.conflict = error.current;
  });
  return sent;
}

// The files that wait, are being read, or were read.

import { h } from "../dom.js";

const STATES = { waiting: "waits", reading: "reading …", failed: "failed" };

export function showFiles(list, entries, { open, onopen, onremove, onagain }) {
  list.hidden = entries.length === 0;
  list.replaceChildren(
    ...entries.map((entry) =>
      h(
        "li",
        { class: "file", "data-state": entry.state },
        h(
          "button",
          { type: "button", "aria-pressed": String(entry === open), onclick: () => onopen(entry) },
          h("span", { class: "file-name" }, entry.name),
          h("span", { class: "file-state" }, stateOf(entry)),
        ),
        entry.state === "failed" &&
          entry.mayWork &&
          h(
            "button",
            {
              type: "button",
              class: "quiet",
              "aria-label": `Read ${entry.name} again`,
              onclick: () => onagain(entry),
            },
            "↻",
          ),
        h(
          "button",
          {
            type: "button",
            class: "quiet",
            "aria-label": `Remove ${entry.name}`,
            onclick: () => onremove(entry),
          },
          "×",
        ),
      ),
    ),
  );
}

function stateOf({ state, note, result }) {
  if (state !== "done") return note && state === "reading" ? note : STATES[state];
  const lines = result.pages.flatMap((page) => page.lines);
  if (!lines.length) return "no number found";
  return lines.length === 1 ? lines[0].text : `${lines.length} lines`;
}

// The list of files with their states.

import { h } from "../dom.js";

const STATE_TEXTS = { waiting: "Waiting", reading: "Reading …", failed: "Failed" };

export function showFiles(list, entries, { open, onopen, onremove, onretry }) {
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
          h("span", { class: "file-state" }, stateText(entry)),
        ),
        entry.state === "failed" &&
          entry.canRetry &&
          h(
            "button",
            {
              type: "button",
              class: "quiet",
              "aria-label": `Retry ${entry.name}`,
              onclick: () => onretry(entry),
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

function stateText({ state, note, result }) {
  if (state !== "done") return note && state === "reading" ? note : STATE_TEXTS[state];
  const lines = result.pages.flatMap((page) => page.lines);
  if (!lines.length) return "No numbers found";
  return lines.length === 1 ? lines[0].text : `${lines.length} lines`;
}

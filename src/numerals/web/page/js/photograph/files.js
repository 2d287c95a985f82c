// @ts-check
// The list of files with their states.

import { h } from "../dom.js";

/** @typedef {import("./queue.js").Entry} Entry */

const STATE_TEXTS = { waiting: "Waiting", reading: "Reading …", failed: "Failed" };

/**
 * @param {HTMLElement} list
 * @param {Entry[]} entries
 * @param {object} view
 * @param {Entry | null} view.open
 * @param {(entry: Entry) => void} view.onopen
 * @param {(entry: Entry) => void} view.onremove
 * @param {(entry: Entry) => void} view.onretry
 */
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

/** @param {Entry} entry */
function stateText({ state, note, result }) {
  if (state !== "done" || !result) return note && state === "reading" ? note : STATE_TEXTS[state === "done" ? "waiting" : state];
  const lines = result.pages.flatMap((page) => page.lines);
  if (!lines.length) return "No numbers found";
  return lines.length === 1 ? lines[0].text : `${lines.length} lines`;
}

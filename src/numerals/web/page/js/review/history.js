// @ts-check
// The history of changes of a number.

import { call } from "../api.js";
import { h } from "../dom.js";
import { NO_NAME } from "../settings.js";

/** @typedef {{at: string, by: string, from: string, to: string, kind: string}} Change */

/** @type {Record<string, string>} */
const KINDS = { confirm: "confirmed", correct: "corrected", skip: "skipped", undo: "undone" };

/** @param {HTMLElement} element @param {{id: string}} item */
export async function showHistory(element, item) {
  const { changes } = await call(`v1/review/${encodeURIComponent(item.id)}/history`);
  if (!changes.length) {
    element.replaceChildren(h("p", { class: "small" }, "No changes yet"));
    return;
  }
  const head = ["Date", "By", "Change", "From", "To"];
  element.replaceChildren(
    h(
      "table",
      {},
      h("caption", {}, "History"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h("tbody", {}, changes.map(row)),
    ),
  );
}

/** @param {Change} change */
function row({ at, by, from, to, kind }) {
  const date = new Date(at);
  const dateText = Number.isNaN(date.getTime()) ? at : date.toLocaleString();
  return h(
    "tr",
    {},
    [dateText, by === NO_NAME ? "–" : by || "–", KINDS[kind] ?? kind, shown(from), shown(to)].map((cell) => h("td", {}, cell)),
  );
}

/** @param {string} text */
const shown = (text) => text || "nothing here";

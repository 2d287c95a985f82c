// Who changed what, and when.

import { call } from "../api.js";
import { h } from "../dom.js";

export async function showHistory(element, item) {
  const { changes } = await call(`v1/review/${encodeURIComponent(item.id)}/history`);
  if (!changes.length) {
    element.replaceChildren(h("p", { class: "small" }, "Nobody has changed this yet."));
    return;
  }
  const head = ["When", "Who", "What", "From", "To"];
  element.replaceChildren(
    h(
      "table",
      {},
      h("caption", {}, "History of this number"),
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

function row({ at, by, from, to, kind }) {
  const when = new Date(at);
  const text = Number.isNaN(when.getTime()) ? at : when.toLocaleString();
  return h(
    "tr",
    {},
    [text, by || "–", kind, from ?? "", to ?? ""].map((cell) => h("td", {}, cell)),
  );
}

// The confusion matrix as a table: mistakes in orange by their share of the row, and each cell
// that is not empty a button.

import { percent } from "../confidence.js";
import { h } from "../dom.js";

/** @param onchoose function of the indices of the truth and of the answer */
export function confusionTable({ classes, matrix }, onchoose) {
  const head = h(
    "tr",
    {},
    h("td", {}),
    classes.map((each) => h("th", { scope: "col" }, each)),
  );
  const rows = matrix.map((counts, truth) => {
    const total = Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    );
    const cells = counts.map((count, answer) =>
      cell(count, count / total, truth, answer, classes, onchoose),
    );
    return h("tr", {}, h("th", { scope: "row" }, classes[truth]), cells);
  });
  return h(
    "table",
    {
      class: "confusion",
      "aria-labelledby": "confusion-title",
      "aria-describedby": "confusion-status",
    },
    h("thead", {}, head),
    h("tbody", {}, rows),
  );
}

function cell(count, share, truth, answer, classes, onchoose) {
  if (!count)
    return h(
      "td",
      { class: "none" },
      h("span", { "aria-hidden": "true" }, "·"),
      h("span", { class: "visually-hidden" }, "0"),
    );
  const isRight = truth === answer;
  const label = isRight
    ? `${count} times ${classes[truth]} right, ${percent(share)} of the row`
    : `${count} times ${classes[truth]} taken for ${classes[answer]}`;
  const choose = ({ currentTarget: button }) => {
    const before = button.closest("table").querySelector("[aria-pressed=true]");
    before?.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", "true");
    onchoose(truth, answer);
  };
  const button = h(
    "button",
    { type: "button", "aria-label": label, "aria-pressed": "false", onclick: choose },
    String(count),
  );
  const td = h("td", { class: isRight ? "right" : "mistake" }, button);
  // Few mistakes are worth seeing: the fourth root brings one in a thousand to a visible tint.
  td.style.setProperty("--share", isRight ? 1 : Math.pow(share, 0.25).toFixed(3));
  return td;
}

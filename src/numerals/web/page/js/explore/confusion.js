// @ts-check
// The confusion matrix as a table. Errors are orange, by their share of the row. Each non-empty
// cell is a button.

import { percent } from "../confidence.js";
import { h } from "../dom.js";

/** @typedef {(truth: number, prediction: number) => void} SelectCell indices of classes */

/**
 * @param {{classes: string[], matrix: number[][]}} evaluation
 * @param {SelectCell} onselect
 */
export function confusionTable({ classes, matrix }, onselect) {
  const head = h(
    "tr",
    {},
    h("td", {}),
    classes.map((name) => h("th", { scope: "col" }, name)),
  );
  const rows = matrix.map((counts, truth) => {
    const total = Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    );
    const cells = counts.map((count, prediction) =>
      cell({ count, share: count / total, truth, prediction, classes, onselect }),
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

/**
 * @param {object} cell
 * @param {number} cell.count
 * @param {number} cell.share of the row
 * @param {number} cell.truth
 * @param {number} cell.prediction
 * @param {string[]} cell.classes
 * @param {SelectCell} cell.onselect
 */
function cell({ count, share, truth, prediction, classes, onselect }) {
  if (!count)
    return h(
      "td",
      { class: "none" },
      h("span", { "aria-hidden": "true" }, "·"),
      h("span", { class: "visually-hidden" }, "0"),
    );
  const isCorrect = truth === prediction;
  const label = isCorrect
    ? `${classes[truth]} read correctly: ${count}, ${percent(share)} of the row`
    : `${classes[truth]} read as ${classes[prediction]}: ${count}`;
  const select = () => {
    const previous = button.closest("table")?.querySelector("[aria-pressed=true]");
    previous?.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", "true");
    onselect(truth, prediction);
  };
  const button = h(
    "button",
    { type: "button", "aria-label": label, "aria-pressed": "false", onclick: select },
    String(count),
  );
  const td = h("td", { class: isCorrect ? "correct" : "mistake" }, button);
  // The fourth root makes a share of one in a thousand visible.
  td.style.setProperty("--share", isCorrect ? "1" : Math.pow(share, 0.25).toFixed(3));
  return td;
}

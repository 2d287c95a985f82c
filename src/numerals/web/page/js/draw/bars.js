// @ts-check
// A bar chart of probabilities, with a label and a percentage per bar.

import { percent } from "../confidence.js";
import { h, setText } from "../dom.js";

/** @typedef {{text: string, confidence: number}} Option */

/**
 * Fill a list with a bar per option. Bars are reused, so that changes animate.
 * @param {HTMLElement} list
 * @param {Option[]} options
 * @param {string} best text of the best option
 */
export function showBars(list, options, best) {
  const labels = options.map(({ text }) => text).join("\u0000");
  if (list.dataset.labels !== labels) {
    list.dataset.labels = labels;
    list.replaceChildren(...options.map(({ text }) => bar(text)));
  }
  options.forEach(({ text, confidence }, index) => {
    const item = /** @type {HTMLElement} */ (list.children[index]);
    const share = confidence.toFixed(3);
    item.classList.toggle("best", text === best);
    if (item.dataset.share === share) return; // the maps' panel calls this in every frame
    item.dataset.share = share;
    item.style.setProperty("--share", share);
    const [number, , , accessible] = item.children;
    setText(number, confidence >= 0.005 ? percent(confidence) : "");
    setText(accessible, `: ${percent(confidence)}`);
  });
}

/** @param {string} text */
function bar(text) {
  return h(
    "li",
    {},
    h("span", { class: "bar-number", "aria-hidden": "true" }),
    h("span", { class: "bar-track", "aria-hidden": "true" }, h("span", { class: "bar-fill" })),
    h("span", { class: "bar-label" }, text || "none"),
    h("span", { class: "bar-accessible visually-hidden" }),
  );
}

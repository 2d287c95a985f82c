// @ts-check
// Boxes over the picture: a button at the position of each digit.

import { level } from "../confidence.js";
import { accessibleName, styleOf } from "../digits.js";
import { h, setTabStop } from "../dom.js";

/**
 * @typedef {import("../types.js").Box} Box
 * @typedef {{line: number, digit: number}} Selection indices
 */

/**
 * @param {HTMLElement} overlay
 * @param {import("../types.js").Page} page
 * @param {object} options
 * @param {number} options.threshold digits with a lower confidence are shown as ?
 * @param {Selection | null} options.selected
 * @param {(line: number, digit: number) => void} options.onselect
 */
export function showBoxes(overlay, page, { threshold, selected, onselect }) {
  const hadFocus = overlay.contains(document.activeElement);
  const groups = page.lines.map((line, at) =>
    h(
      "div",
      { role: "group", "aria-label": `Line ${at + 1}` },
      !line.digits.length && fieldBox(line, page),
      line.digits.map((digit, index) => {
        const isSelected = selected?.line === at && selected.digit === index;
        const isMasked = !digit.corrected && digit.confidence < threshold;
        const box = h("button", {
          type: "button",
          class: `box ${styleOf(digit)}`,
          "aria-label": accessibleName(digit, isMasked ? "?" : digit.text),
          "aria-pressed": String(isSelected),
          onclick: () => onselect(at, index),
        });
        placeAt(box, aroundCenter(digit.box), page);
        return box;
      }),
    ),
  );
  overlay.replaceChildren(...groups);
  const buttons = [...overlay.querySelectorAll("button")];
  const tabStop =
    buttons.find((button) => button.getAttribute("aria-pressed") === "true") ?? buttons[0];
  setTabStop(buttons, tabStop);
  if (hadFocus) tabStop?.focus({ preventScroll: true });
}

/**
 * Return the box of a field, whose digits have no boxes.
 * @param {import("../types.js").Line} line
 * @param {import("../types.js").Page} page
 */
function fieldBox(line, page) {
  const style = line.corrected ? "corrected" : level(line.accepted === false ? 0 : line.confidence);
  const box = h("div", { class: `box ${style}`, "aria-hidden": "true" });
  placeAt(box, aroundCenter(line.box), page);
  return box;
}

/**
 * Return a box moved so that its corner is at its center: photograph.css moves it back, because its
 * smallest size is in pixels of the screen.
 * @param {Box} box
 * @returns {Box}
 */
function aroundCenter([left, top, right, bottom]) {
  const [x, y] = [(right - left) / 2, (bottom - top) / 2];
  return [left + x, top + y, right + x, bottom + y];
}

/**
 * Position an element at a box of the page, in per cent of the page's size.
 * @param {HTMLElement} element
 * @param {Box} box
 * @param {{width: number, height: number}} page
 */
export function placeAt(element, [left, top, right, bottom], { width, height }) {
  const percentage = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
  element.style.setProperty("left", percentage(left, width));
  element.style.setProperty("top", percentage(top, height));
  element.style.setProperty("width", percentage(right - left, width));
  element.style.setProperty("height", percentage(bottom - top, height));
}

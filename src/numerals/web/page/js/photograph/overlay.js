// Boxes over the picture: a button at the position of each digit.

import { accessibleName, styleOf } from "../digits.js";
import { h, setTabStop } from "../dom.js";

/**
 * @param options.threshold digits with a lower confidence are shown as ?
 * @param options.selected  {line, digit} indices, or null
 * @param options.onselect  function (line index, digit index)
 */
export function showBoxes(overlay, page, { threshold, selected, onselect }) {
  const hadFocus = overlay.contains(document.activeElement);
  const groups = page.lines.map((line, at) =>
    h(
      "div",
      { role: "group", "aria-label": `Line ${at + 1}` },
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
        placeAt(box, digit.box, page);
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

/** Position an element at a box of the page, in per cent of the page's size. */
export function placeAt(element, [left, top, right, bottom], { width, height }) {
  const percentage = (part, whole) => `${(100 * part) / whole}%`;
  element.style.setProperty("left", percentage(left, width));
  element.style.setProperty("top", percentage(top, height));
  element.style.setProperty("width", percentage(right - left, width));
  element.style.setProperty("height", percentage(bottom - top, height));
}

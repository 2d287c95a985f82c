// Boxes over the picture: a button for each digit, where it stands.

import { spoken, styleOf } from "../digits.js";
import { h, setTabStop } from "../dom.js";

/**
 * @param chosen   {line, digit} indices, or null
 * @param onselect function of (line index, digit index)
 */
export function showBoxes(overlay, page, { threshold, chosen, onselect }) {
  const hadFocus = overlay.contains(document.activeElement);
  const groups = page.lines.map((line, at) =>
    h(
      "div",
      { role: "group", "aria-label": `Line ${at + 1}` },
      line.digits.map((digit, index) => {
        const isChosen = chosen?.line === at && chosen.digit === index;
        const masked = !digit.corrected && digit.confidence < threshold;
        const box = h("button", {
          type: "button",
          class: `box ${styleOf(digit)}`,
          "aria-label": spoken(digit, masked ? "?" : digit.text),
          "aria-pressed": String(isChosen),
          onclick: () => onselect(at, index),
        });
        place(box, digit.box, page);
        return box;
      }),
    ),
  );
  overlay.replaceChildren(...groups);
  const buttons = [...overlay.querySelectorAll("button")];
  const stop =
    buttons.find((button) => button.getAttribute("aria-pressed") === "true") ?? buttons[0];
  setTabStop(buttons, stop);
  if (hadFocus) stop?.focus({ preventScroll: true });
}

/** Put an element where a box of the page is. */
export function place(element, [left, top, right, bottom], { width, height }) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  element.style.setProperty("left", share(left, width));
  element.style.setProperty("top", share(top, height));
  element.style.setProperty("width", share(right - left, width));
  element.style.setProperty("height", share(bottom - top, height));
}

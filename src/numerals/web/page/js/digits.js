// @ts-check
// Show a number as a row of selectable digits, underlined by their confidence.

import { describe, level } from "./confidence.js";
import { addRovingFocus, h, setTabStop } from "./dom.js";

/**
 * @typedef {import("./types.js").Digit} Digit
 * @typedef {Pick<import("./types.js").Line, "text" | "digits">} DigitLine
 */

/**
 * Pair the characters of a line's text with its digits. Spaces have no digit.
 * @param {DigitLine} line
 * @returns {{text: string, digit: Digit | null, index: number}[]}
 */
export function characters(line) {
  let index = -1;
  return [...line.text].map((text) => {
    if (/\s/.test(text)) return { text, digit: null, index: -1 };
    index += 1;
    return { text, digit: line.digits[index] ?? null, index };
  });
}

/**
 * Return the accessible name of a digit, which includes its confidence.
 * @param {Digit} digit
 */
export function accessibleName(digit, shown = digit.text) {
  return digit.corrected ? `${shown}, corrected` : `${shown}, ${describe(digit.confidence)}`;
}

/**
 * Return the CSS class of a digit.
 * @param {Digit} digit
 */
export function styleOf(digit) {
  return digit.corrected ? "corrected" : level(digit.confidence);
}

/**
 * Fill an element with a button per digit.
 * @param {HTMLElement} row
 * @param {DigitLine} line
 * @param {object} options
 * @param {number} [options.threshold] digits with a lower confidence are shown as ?
 * @param {number} [options.selected] index of the selected digit, or -1
 * @param {(index: number) => void} options.onselect
 */
export function showDigits(row, line, { threshold = 0, selected = -1, onselect }) {
  const hadFocus = row.contains(document.activeElement);
  const children = characters(line).map(({ text, digit, index }) => {
    if (!digit) return h("span", { class: "gap" }, text === " " ? "\u2002" : text);
    const isMasked = !digit.corrected && digit.confidence < threshold;
    const shown = isMasked ? "?" : text;
    return h(
      "button",
      {
        type: "button",
        class: `digit ${styleOf(digit)}`,
        "aria-label": accessibleName(digit, shown),
        "aria-pressed": String(index === selected),
        "data-index": index,
        onclick: () => onselect(index),
      },
      shown,
    );
  });
  row.replaceChildren(...children);
  const buttons = [...row.querySelectorAll("button")];
  const tabStop =
    buttons.find((button) => Number(button.dataset.index) === selected) ?? buttons[0];
  setTabStop(buttons, tabStop);
  if (hadFocus) tabStop?.focus({ preventScroll: true });
  if (!row.dataset.roving) {
    row.dataset.roving = "yes";
    addRovingFocus(row);
  }
}

// A number as a row of digits that can be chosen, each underlined by how sure it is.

import { level, percent, word } from "./confidence.js";
import { h, roveFocus, setTabStop } from "./dom.js";

/** Pair the characters of a line's text with its digits; spaces have none. */
export function characters(line) {
  let at = -1;
  return [...line.text].map((text) => {
    if (/\s/.test(text)) return { text, digit: null, index: -1 };
    at += 1;
    return { text, digit: line.digits[at] ?? null, index: at };
  });
}

/** Say what a digit is and how sure, for those who do not see its colour. */
export function spoken(digit, shown = digit.text) {
  if (digit.corrected) return `${shown}, corrected`;
  return `${shown}, ${percent(digit.confidence)}, ${word(digit.confidence)}`;
}

export function styleOf(digit) {
  return digit.corrected ? "corrected" : level(digit.confidence);
}

/**
 * Fill `row` with buttons.
 * @param options.threshold digits below it show as ?
 * @param options.selected  index of the chosen digit
 * @param options.onselect  function of an index
 */
export function showDigits(row, line, { threshold = 0, selected = -1, onselect }) {
  const hadFocus = row.contains(document.activeElement);
  const children = characters(line).map(({ text, digit, index }) => {
    if (!digit) return h("span", { class: "gap" }, text === " " ? "\u2002" : text);
    const masked = !digit.corrected && digit.confidence < threshold;
    const shown = masked ? "?" : text;
    return h(
      "button",
      {
        type: "button",
        class: `digit ${styleOf(digit)}`,
        "aria-label": spoken(digit, shown),
        "aria-pressed": String(index === selected),
        "data-index": index,
        onclick: () => onselect(index),
      },
      shown,
    );
  });
  row.replaceChildren(...children);
  const buttons = [...row.querySelectorAll("button")];
  const stop = buttons.find((button) => Number(button.dataset.index) === selected) ?? buttons[0];
  setTabStop(buttons, stop);
  if (hadFocus) stop?.focus({ preventScroll: true });
  if (!row.dataset.roving) {
    row.dataset.roving = "yes";
    roveFocus(row);
  }
}

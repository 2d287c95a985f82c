// @ts-check
// The card of one digit: its picture, alternatives, and a field for the correct digit.

import { describe, percent } from "../confidence.js";
import { context2d, h } from "../dom.js";

/**
 * @typedef {import("../types.js").Box} Box
 * @typedef {import("../types.js").Page} Page
 */

/**
 * @param {HTMLElement} card
 * @param {object} view
 * @param {import("../types.js").Line} view.line
 * @param {number} view.lineNumber
 * @param {number} view.index of the digit
 * @param {HTMLImageElement | null} view.picture
 * @param {Page} view.page
 * @param {(character: string) => void} view.correct
 * @param {() => void} view.close
 */
export function showDigitCard(card, { line, lineNumber, index, picture, page, correct, close }) {
  const digit = line.digits[index];
  card.hidden = !digit;
  if (!digit) return;
  const options = [
    { text: digit.read ?? digit.text, confidence: digit.confidence },
    ...digit.alternatives,
  ];
  const input = h("input", {
    id: "digit-text",
    class: "digit-input",
    maxlength: 1,
    inputmode: "decimal",
    autocomplete: "off",
    size: 2,
    oninput: () => input.value.trim() && correct(input.value.trim()),
  });
  card.replaceChildren(
    h(
      "div",
      { class: "digit-card-top" },
      crop(picture, page, digit.box),
      h(
        "div",
        {},
        h("h3", { id: "digit-card-title" }, `Digit ${index + 1} of line ${lineNumber}`),
        h(
          "p",
          { class: "small" },
          digit.corrected
            ? `Read as ${digit.read}, corrected to ${digit.text}`
            : `Read as ${digit.text}: ${describe(digit.confidence)}`,
        ),
      ),
      h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: close }, "×"),
    ),
    h(
      "div",
      { class: "chips", role: "group", "aria-label": "Alternatives" },
      options
        .filter(({ text }) => text)
        .map(({ text, confidence }) =>
          h(
            "button",
            {
              type: "button",
              class: "chip",
              "aria-pressed": String(text === digit.text),
              onclick: () => correct(text),
            },
            h("b", {}, text),
            ` ${percent(confidence)}`,
          ),
        ),
      h("label", { class: "inline" }, "Other ", input),
    ),
  );
}

/**
 * @param {HTMLImageElement | null} picture
 * @param {Page} page
 * @param {Box} box
 */
function crop(picture, page, [left, top, right, bottom]) {
  const canvas = h("canvas", {
    class: "digit-crop",
    "aria-hidden": "true",
    width: 112,
    height: 112,
  });
  if (!picture?.naturalWidth) return canvas;
  const scale = picture.naturalWidth / page.width;
  const side = Math.max(right - left, bottom - top) * 1.25;
  const [x, y] = [(left + right - side) / 2, (top + bottom - side) / 2];
  context2d(canvas).drawImage(picture, x * scale, y * scale, side * scale, side * scale, 0, 0, 112, 112);
  return canvas;
}

// @ts-check
// Grids of digits. Each digit is a button that shows similar digits.

import { context2d, h } from "../dom.js";

/**
 * @typedef {object} DataDigit
 * @property {string} picture data URL
 * @property {number} index
 * @property {any} label index of its class, or its name
 * @property {number} [similarity]
 * @property {number} [confidence]
 */

/**
 * @param {DataDigit[]} digits
 * @param {(digit: DataDigit) => {caption: string, name: string}} describe returns the text below a
 *   digit and its accessible name
 * @param {(digit: DataDigit) => void} onselect
 */
export function digitItems(digits, describe, onselect) {
  return digits.map((digit) => {
    const { caption, name } = describe(digit);
    const picture = h("img", {
      src: digit.picture,
      alt: "",
      width: 56,
      height: 56,
      loading: "lazy",
    });
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "tile",
          "aria-label": `${name}; show similar digits`,
          onclick: () => onselect(digit),
        },
        picture,
        caption && h("span", { class: "tile-caption" }, caption),
      ),
    );
  });
}

/**
 * Return the grey pixels of a data URL as rows of values from 0 to 255.
 * @param {string} picture
 */
export async function pixelsOf(picture) {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = h("canvas", { width, height });
  const context = context2d(canvas);
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => data[4 * (width * y + x)]),
  );
}


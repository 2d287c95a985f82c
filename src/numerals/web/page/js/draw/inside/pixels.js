// @ts-check
// Paint arrays of numbers as small canvases: one canvas pixel per number, enlarged by the style.

import { context2d, h } from "../../dom.js";
import { mix, themeColors } from "../maps.js";

/**
 * The colours of the page's theme, packed for the pixels of a canvas.
 * @typedef {object} Palette
 * @property {Uint32Array} bright of 256 values
 * @property {Uint32Array} ink of 256 values
 * @property {(value: number) => number} signed of a value from -1 to 1
 */

/** @typedef {import("../maps.js").Color} Color */

/** @returns {Palette} */
export function makePalette() {
  const { ground, ink, for: positive, against: negative } = themeColors();
  const table = (/** @type {(share: number) => Color} */ color) => Uint32Array.from({ length: 256 }, (_, i) => pack(color(i / 255)));
  // Half of the range goes from the paper to the accent, the other half on to the ink.
  const bright = (/** @type {number} */ share) =>
    share < 0.5 ? mix(ground, positive, 2 * share) : mix(positive, ink, (2 * share - 1) * 0.7);
  const up = table((share) => mix(ground, positive, share ** 0.8));
  const down = table((share) => mix(ground, negative, share ** 0.8));
  const signed = (/** @type {number} */ value) => {
    const share = Math.min(Math.round(Math.abs(value) * 255), 255) || 0;
    return (value < 0 ? down : up)[share];
  };
  return {
    bright: table((share) => bright(share ** 0.7)),
    ink: table((s) => mix(ground, ink, s)),
    signed,
  };
}

const pack = (/** @type {Color} */ [red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** Create a canvas for `paintPixels`; decorative unless it gets a label. */
export function pixelCanvas(label = "") {
  const role = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return h("canvas", { class: "pixels", ...role });
}

/**
 * Paint the weights of a filter, the greatest magnitude in the full colour.
 * @param {HTMLCanvasElement} canvas
 * @param {number} side
 * @param {Float32Array} weights
 * @param {Palette} palette
 */
export function paintFilter(canvas, side, weights, { signed }) {
  const peak = weights.reduce((highest, weight) => Math.max(highest, Math.abs(weight)), 1e-9);
  paintPixels(canvas, side, side, (at) => signed(weights[at] / peak));
}

/**
 * Paint a picture.
 * @param {HTMLCanvasElement} canvas
 * @param {number} height
 * @param {number} width
 * @param {(index: number) => number} colorAt returns the packed colour of a pixel
 */
export function paintPixels(canvas, height, width, colorAt) {
  const context = context2d(canvas);
  if (canvas.height !== height || canvas.width !== width) {
    [canvas.height, canvas.width] = [height, width];
  }
  const picture = context.createImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = colorAt(i);
  context.putImageData(picture, 0, 0);
}

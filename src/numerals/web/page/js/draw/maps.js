// @ts-check
// Draw occlusion maps over a digit: supporting ink in blue, opposing ink in orange, ink in grey.

import { context2d, h } from "../dom.js";

const CELL = 8; // canvas pixels per pixel of the map

/**
 * @typedef {number[]} Color red, green, blue
 * @typedef {{ground: Color, ink: Color, for: Color, against: Color}} Colors
 */

/**
 * Return a canvas with the model's input image, in the colours of the page.
 * @param {number[][]} image
 * @param {string} label
 */
export function showImage(image, label) {
  return paint(image, label, (value, colors) => mix(colors.ground, colors.ink, value / 255));
}

/**
 * Return a canvas with a signed map over the image; the largest magnitude has the full colour.
 * @param {number[][]} map
 * @param {number[][]} image
 * @param {string} label
 */
export function showMap(map, image, label) {
  const peak = Math.max(...map.flat().map(Math.abs), 1e-9);
  return paint(map, label, (value, colors, x, y) => {
    const ink = (image[y]?.[x] ?? 0) / 255;
    const share = Math.min(1, Math.abs(value) / peak);
    const side = value >= 0 ? colors.for : colors.against;
    const colored = mix(colors.ground, side, 0.85 * Math.pow(share, 0.8));
    return mix(colored, colors.ink, 0.45 * ink); // the digit stays visible below the map
  });
}

/**
 * Describe where in the ink the maximum of a map is, such as "top left".
 * @param {number[][]} map
 * @param {number[][]} image
 */
export function describePeak(map, image) {
  const inked = image.flatMap((row, y) => row.flatMap((value, x) => (value > 60 ? [[x, y]] : [])));
  if (!inked.length) return "center";
  let peak = inked[0];
  for (const [x, y] of inked) if (map[y][x] > map[peak[1]][peak[0]]) peak = [x, y];
  const nameThird = (/** @type {number} */ axis, /** @type {string[]} */ names) => {
    const positions = inked.map((point) => point[axis]);
    const [low, high] = [Math.min(...positions), Math.max(...positions)];
    const share = (peak[axis] - low + 0.5) / (high - low + 1);
    return names[Math.min(2, Math.floor(3 * share))];
  };
  const parts = [nameThird(1, ["top", "", "bottom"]), nameThird(0, ["left", "", "right"])];
  return parts.filter(Boolean).join(" ") || "center";
}

/**
 * @param {number[][]} map
 * @param {string} label
 * @param {(value: number, colors: Colors, x: number, y: number) => Color} colorAt
 */
function paint(map, label, colorAt) {
  const [height, width] = [map.length, map[0].length];
  const canvas = h("canvas", { role: "img", "aria-label": label, class: "map" });
  [canvas.width, canvas.height] = [width * CELL, height * CELL];
  const context = context2d(canvas);
  const colors = themeColors();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      context.fillStyle = `rgb(${colorAt(map[y][x], colors, x, y).join(" ")})`;
      context.fillRect(x * CELL, y * CELL, CELL, CELL);
    }
  }
  return canvas;
}

/**
 * Return the colours of the page's theme.
 * @returns {Colors}
 */
export function themeColors() {
  const style = getComputedStyle(document.documentElement);
  const color = (/** @type {string} */ name) => parse(style.getPropertyValue(name));
  return {
    ground: color("--paper"),
    ink: color("--ink"),
    for: color("--for"),
    against: color("--against"),
  };
}

/**
 * @param {string} hex
 * @returns {Color}
 */
const parse = (hex) => (hex.trim().match(/[0-9a-f]{2}/gi) ?? []).map((part) => parseInt(part, 16));

/**
 * Mix two colours.
 * @param {Color} a
 * @param {Color} b
 * @param {number} share
 * @returns {Color}
 */
export const mix = (a, b, share) => a.map((value, i) => Math.round(value + (b[i] - value) * share));

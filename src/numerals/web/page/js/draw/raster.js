// @ts-check
// Render strokes for the model. The pen width is that of the training data, not that of the pad.

import { context2d } from "../dom.js";
import { bounds, maxStrokeHeight, paintAll } from "./strokes.js";

// Lengths in pixels, pen widths as fractions.
const DIGIT_SIDE = 64; // of the picture; the service centres the digit like MNIST's
const DIGIT_SIZE = 52; // longer side of the digit
const DIGIT_PEN = 0.12; // of the digit's longer side
const NUMBER_HEIGHT = 90; // of the highest stroke
const NUMBER_PEN = 0.075; // of the highest stroke
const NUMBER_MARGIN = 40;
const MAX_NUMBER_WIDTH = 4000;

/**
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {(x: number, y: number) => {x: number, y: number}} ToPad pixels of a picture to the pad's units
 */

/** @type {HTMLCanvasElement | null} */
let digitCanvas = null;

function digitContext() {
  if (!digitCanvas) {
    digitCanvas = document.createElement("canvas");
    digitCanvas.width = DIGIT_SIDE;
    digitCanvas.height = DIGIT_SIDE;
  }
  return context2d(digitCanvas, { willReadFrequently: true });
}

/**
 * Render one digit, ink bright on dark, with values from 0 to 255.
 * @param {Stroke[]} strokes
 */
export function renderDigitPixels(strokes) {
  const context = digitContext();
  context.fillStyle = "#000";
  context.fillRect(0, 0, DIGIT_SIDE, DIGIT_SIDE);
  context.fillStyle = "#fff";
  context.strokeStyle = "#fff";
  const box = bounds(strokes);
  const size = Math.max(box.right - box.left, box.bottom - box.top, 0.02);
  const pen = DIGIT_PEN * DIGIT_SIZE;
  const scale = (DIGIT_SIZE - pen) / size;
  const dx = DIGIT_SIDE / 2 - (scale * (box.left + box.right)) / 2;
  const dy = DIGIT_SIDE / 2 - (scale * (box.top + box.bottom)) / 2;
  paintAll(context, strokes, { scale, dx, dy, width: pen });
  const { data } = context.getImageData(0, 0, DIGIT_SIDE, DIGIT_SIDE);
  const pixels = Uint8Array.from({ length: DIGIT_SIDE * DIGIT_SIDE }, (_, i) => data[4 * i]);
  return { pixels, side: DIGIT_SIDE };
}

/**
 * Render one digit, ink bright on dark; return rows of values from 0 to 255.
 * @param {Stroke[]} strokes
 */
export function renderDigit(strokes) {
  const { pixels, side } = renderDigitPixels(strokes);
  return toRows(pixels, side);
}

/**
 * Return a square picture as rows of values.
 * @param {Uint8Array} pixels
 * @param {number} side
 */
export function toRows(pixels, side) {
  return Array.from({ length: side }, (_, y) => [...pixels.subarray(y * side, (y + 1) * side)]);
}

/**
 * Render a number, dark on white.
 * @param {Stroke[]} strokes
 * @returns {Promise<{picture: Blob, toPad: ToPad}>} PNG
 */
export async function renderNumber(strokes) {
  const box = bounds(strokes);
  const height = Math.max(maxStrokeHeight(strokes), (box.right - box.left) / 60, 0.02);
  const scale = Math.min(NUMBER_HEIGHT / height, MAX_NUMBER_WIDTH / (box.right - box.left));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(scale * (box.right - box.left)) + 2 * NUMBER_MARGIN;
  canvas.height = Math.ceil(scale * (box.bottom - box.top)) + 2 * NUMBER_MARGIN;
  const context = context2d(canvas);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#111";
  context.strokeStyle = "#111";
  const [dx, dy] = [NUMBER_MARGIN - scale * box.left, NUMBER_MARGIN - scale * box.top];
  paintAll(context, strokes, { scale, dx, dy, width: Math.max(NUMBER_PEN * scale * height, 2) });
  /** @type {Blob} */
  const picture = await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
  );
  return { picture, toPad: (x, y) => ({ x: (x - dx) / scale, y: (y - dy) / scale }) };
}

/**
 * Return the parts of strokes inside a box of the number's picture, which is one digit's.
 * @param {Stroke[]} strokes
 * @param {import("../types.js").Box} box
 * @param {ToPad} toPad
 */
export function strokesInBox(strokes, [left, top, right, bottom], toPad) {
  const margin = (bottom - top) * 0.08;
  const low = toPad(left - margin, top - margin);
  const high = toPad(right + margin, bottom + margin);
  const isInside = (/** @type {{x: number, y: number}} */ { x, y }) => x >= low.x && x <= high.x && y >= low.y && y <= high.y;
  /** @type {Stroke[]} */
  const parts = [];
  for (const stroke of strokes) {
    /** @type {Stroke} */
    let part = [];
    for (const point of stroke) {
      if (isInside(point)) part.push(point);
      else if (part.length) {
        parts.push(part);
        part = [];
      }
    }
    if (part.length) parts.push(part);
  }
  return parts;
}

// @ts-check
// A drawing for somebody who wants to see a reading before writing: the number 423.

/** @typedef {import("./strokes.js").Stroke} Stroke */
/** @typedef {[number, number][]} Path points in a box of width and height 1 */

const DIGIT_WIDTH = 0.15; // of the pad's width
const PITCH = 0.25; // from one digit to the next, of the pad's width

/**
 * Return points on an ellipse.
 * @param {number} x
 * @param {number} y
 * @param {number} width half of it
 * @param {number} height half of it
 * @param {number} start degrees, clockwise from the right
 * @param {number} end degrees
 * @returns {Path}
 */
function arc(x, y, width, height, start, end) {
  return Array.from({ length: 13 }, (_, at) => {
    const angle = ((start + ((end - start) * at) / 12) * Math.PI) / 180;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
}

/** @type {Path[][]} */
const DIGITS = [
  [
    [[0.55, 0], [0.05, 0.62], [0.95, 0.62]],
    [[0.68, 0.3], [0.64, 1]],
  ],
  [[...arc(0.5, 0.28, 0.38, 0.28, 190, 395), [0.1, 1], [0.95, 1]]],
  [[...arc(0.45, 0.25, 0.38, 0.25, 200, 440), ...arc(0.45, 0.74, 0.42, 0.26, -80, 150)]],
];

/**
 * Return the strokes of the sample.
 * @param {number} padHeight in units of the pad's width
 * @returns {Stroke[]}
 */
export function sampleStrokes(padHeight) {
  const height = Math.min(1.7 * DIGIT_WIDTH, 0.7 * padHeight);
  const left = (1 - 2 * PITCH - DIGIT_WIDTH) / 2;
  const top = (padHeight - height) / 2;
  return DIGITS.flatMap((paths, place) =>
    paths.map((path) =>
      path.map(([x, y]) => ({
        x: left + place * PITCH + x * DIGIT_WIDTH,
        y: top + y * height,
        pressure: 0.5,
      })),
    ),
  );
}

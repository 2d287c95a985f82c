// @ts-check
// A drawing as the digit model sees it: scaled into 20 by 20 pixels, and its mass centred in 28 by
// 28, as the service does it (numerals/ink/normalize.py).

/** @typedef {{data: Float64Array, height: number, width: number}} Glyph */

export const SIDE = 28;
const BOX = 20;

/**
 * Return the model's input for a square picture of one digit, ink bright.
 * @param {ArrayLike<number>} pixels side * side values from 0 to 255
 * @param {number} side
 * @returns {Uint8Array} 28 * 28 pixels, all zero without ink
 */
export function toModelInput(pixels, side) {
  const glyph = cropToInk(pixels, side);
  if (!glyph) return new Uint8Array(SIDE * SIDE);
  const scale = BOX / Math.max(glyph.height, glyph.width);
  const height = Math.max(1, roundHalfToEven(glyph.height * scale));
  const width = Math.max(1, roundHalfToEven(glyph.width * scale));
  return centerByMass(resize(glyph, height, width));
}

/**
 * @param {ArrayLike<number>} pixels
 * @param {number} side
 * @returns {Glyph | null}
 */
function cropToInk(pixels, side) {
  let [left, top, right, bottom] = [side, side, -1, -1];
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      if (!pixels[y * side + x]) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < 0) return null;
  const [height, width] = [bottom - top + 1, right - left + 1];
  const at = (/** @type {number} */ i) => pixels[(top + Math.floor(i / width)) * side + left + (i % width)];
  return { height, width, data: Float64Array.from({ length: height * width }, (_, i) => at(i)) };
}

/**
 * @param {Glyph} glyph
 * @param {number} newHeight
 * @param {number} newWidth
 * @returns {Glyph}
 */
function resize({ data, height, width }, newHeight, newWidth) {
  // The service enlarges glyphs, such as dots, by linear interpolation.
  const isEnlarged = newHeight >= height && newWidth >= width;
  const shares = isEnlarged ? linearShares : areaShares;
  const [rows, columns] = [shares(height, newHeight), shares(width, newWidth)];
  const out = new Float64Array(newHeight * newWidth);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      let sum = 0;
      for (const [from, a] of row)
        for (const [at, b] of column) sum += a * b * data[from * width + at];
      out[y * newWidth + x] = roundHalfToEven(sum);
    });
  });
  return { data: out, height: newHeight, width: newWidth };
}

/**
 * Return, for each new pixel, the old pixels that it covers as [index, share].
 * @param {number} length
 * @param {number} newLength
 */
function areaShares(length, newLength) {
  const scale = length / newLength;
  return Array.from({ length: newLength }, (_, i) => {
    const [start, end] = [i * scale, (i + 1) * scale];
    /** @type {[number, number][]} */
    const shares = [];
    for (let at = Math.floor(start); at < Math.min(length, end - 1e-9); at += 1) {
      shares.push([at, (Math.min(end, at + 1) - Math.max(start, at)) / scale]);
    }
    return shares;
  });
}

/**
 * Return, for each new pixel, the two old pixels around its centre as [index, share].
 * @param {number} length
 * @param {number} newLength
 * @returns {[number, number][][]}
 */
function linearShares(length, newLength) {
  return Array.from({ length: newLength }, (_, i) => {
    const center = Math.min(Math.max(((i + 0.5) * length) / newLength - 0.5, 0), length - 1);
    const at = Math.floor(center);
    return [
      [at, at + 1 - center],
      [Math.min(at + 1, length - 1), center - at],
    ];
  });
}

/** @param {Glyph} glyph */
function centerByMass({ data, height, width }) {
  let [mass, sumY, sumX] = [0, 0, 0];
  data.forEach((value, i) => {
    mass += value;
    sumY += value * Math.floor(i / width);
    sumX += value * (i % width);
  });
  const place = (/** @type {number} */ sum, /** @type {number} */ length) => {
    const start = roundHalfToEven(SIDE / 2 - sum / Math.max(mass, 1));
    return Math.min(Math.max(start, 0), SIDE - length);
  };
  const [top, left] = [place(sumY, height), place(sumX, width)];
  const image = new Uint8Array(SIDE * SIDE);
  data.forEach((value, i) => {
    image[(top + Math.floor(i / width)) * SIDE + left + (i % width)] = value;
  });
  return image;
}

/**
 * Round as Python and OpenCV do.
 * @param {number} value
 */
function roundHalfToEven(value) {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest === 0.5) return low % 2 ? low + 1 : low;
  return rest > 0.5 ? low + 1 : low;
}

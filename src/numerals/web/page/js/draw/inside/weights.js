// @ts-check
// Decode the weights of GET /v1/layers: base64 of little-endian int8, float16 or float32.

/** @typedef {"int8" | "float16" | "float32"} Dtype */
/** @typedef {{shape: number[], dtype: Dtype, data: string, scale?: string}} EncodedWeights */
/** @typedef {{shape: number[], values: Float32Array}} Weights */

/** @type {Record<Dtype, (view: DataView, i: number) => number>} */
const DECODERS = {
  int8: (view, i) => view.getInt8(i),
  float16: (view, i) => halfToNumber(view.getUint16(2 * i, true)),
  float32: (view, i) => view.getFloat32(4 * i, true),
};
const SIZES = { int8: 1, float16: 2, float32: 4 };

/**
 * @param {EncodedWeights} weights
 * @returns {Weights}
 */
export function decodeWeights({ shape, dtype, data, scale }) {
  const values = decode(data, dtype);
  if (scale) {
    const factors = decode(scale, "float32"); // one per row
    const rowLength = values.length / factors.length;
    values.forEach((value, i) => (values[i] = value * factors[Math.floor(i / rowLength)]));
  }
  return { shape, values };
}

/**
 * @param {string} text
 * @param {Dtype} dtype
 */
function decode(text, dtype) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / SIZES[dtype]);
  return values.map((_, i) => DECODERS[dtype](view, i));
}

/**
 * Browsers before 2025 have no Float16Array.
 * @param {number} bits
 */
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

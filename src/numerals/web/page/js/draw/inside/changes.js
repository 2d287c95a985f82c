// @ts-check
// What would change the answer: the effect of short strokes of a pen or an eraser on the log-odds,
// and a search for few of them with which the network answers another class.

export const MAX_STROKES = 12;
const N_TRIED = 8; // strokes per step
// Pixels of the model's input; the strokes of the training digits are 2 to 4 pixels wide.
const STROKE_LENGTH = 5;
const FULL_INK_RADIUS = 0.7; // distance from the stroke's middle line with full ink
const INK_RADIUS = 1.7; // without ink from here on

/** @typedef {{place: number, shape: number, isPen: boolean, effect: number}} Stroke */

const STROKES = [0, 45, 90, 135].map((degrees) => {
  const [dx, dy] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const pixels = [];
  for (let y = -4; y <= 4; y += 1) {
    for (let x = -4; x <= 4; x += 1) {
      const half = (STROKE_LENGTH - 1) / 2;
      const along = Math.min(Math.max(x * dx + y * dy, -half), half);
      const distance = Math.hypot(x - along * dx, y - along * dy);
      const strength = Math.min((INK_RADIUS - distance) / (INK_RADIUS - FULL_INK_RADIUS), 1);
      if (strength > 0) pixels.push({ x, y, strength });
    }
  }
  return pixels;
});

/**
 * Call a function (index, change) for each pixel that a stroke around a pixel changes.
 * @param {Uint8Array} image
 * @param {number} side
 * @param {Stroke} stroke
 * @param {(index: number, change: number) => void} visit
 */
function forEachChange(image, side, { place, shape, isPen }, visit) {
  const [top, left] = [Math.floor(place / side), place % side];
  for (const { x, y, strength } of STROKES[shape]) {
    if (top + y < 0 || top + y >= side || left + x < 0 || left + x >= side) continue;
    const index = place + y * side + x;
    const value = image[index];
    const target = isPen ? Math.max(value, 255 * strength) : value * (1 - strength);
    const change = Math.round(target) - value;
    if (change) visit(index, change);
  }
}

/**
 * Return each stroke around a pixel; see `strokeEffects`.
 * @param {number} place
 * @param {Uint8Array} image
 * @param {number} side
 * @param {Float32Array} gradient
 */
function strokesAt(place, image, side, gradient) {
  return STROKES.flatMap((_, shape) =>
    [true, false].map((isPen) => {
      const stroke = { place, shape, isPen, effect: 0 };
      forEachChange(image, side, stroke, (index, change) => {
        stroke.effect -= gradient[index] * change;
      });
      return stroke;
    }),
  );
}

const better = (/** @type {Stroke} */ a, /** @type {Stroke} */ b) => (b.effect > a.effect ? b : a);

/**
 * Return the effect of the best stroke around each pixel on the log-odds of another class, to first
 * order: positive if ink speaks for the other class, negative if erasing does.
 * @param {Uint8Array} image
 * @param {number} side
 * @param {Float32Array} gradient of the log-odds against the other class, per pixel
 */
export function strokeEffects(image, side, gradient) {
  return Float32Array.from({ length: image.length }, (_, place) => {
    const best = strokesAt(place, image, side, gradient).reduce(better);
    return best.effect <= 0 ? 0 : best.isPen ? best.effect : -best.effect;
  });
}

/**
 * @typedef {object} Change
 * @property {Uint8Array} image
 * @property {number} nStrokes
 * @property {Float64Array} probabilities
 * @property {boolean} isChanged
 */

/**
 * Search few strokes that change the answer. Each step tries the strokes with the greatest effects to
 * first order and keeps the one after which the class is most probable.
 * @param {import("./network.js").Ensemble} model
 * @param {Uint8Array} image
 * @param {number} target index of the class that the network shall answer
 * @param {() => Promise<boolean>} pause called after each try; if it returns true, the search ends
 * @returns {Promise<Change | null>} null if it was ended
 */
export async function findChange(model, image, target, pause) {
  let [changed, state] = [image, model.forward(image)];
  for (let nStrokes = 0; ; nStrokes += 1) {
    const { probabilities } = state;
    const isChanged = probabilities.every((p) => p <= probabilities[target]);
    const result = { image: changed, nStrokes, probabilities, isChanged };
    if (isChanged || nStrokes === MAX_STROKES) return result;
    const gradient = model.gradientAgainst(state, target);
    /** @type {{image: Uint8Array, state: import("./network.js").State, p: number} | null} */
    let best = null;
    for (const stroke of promisingStrokes(changed, model.side, gradient)) {
      const trial = Uint8Array.from(changed);
      forEachChange(changed, model.side, stroke, (index, change) => (trial[index] += change));
      const after = model.forward(trial);
      const p = after.probabilities[target];
      if (p > (best?.p ?? probabilities[target])) best = { image: trial, state: after, p };
      if (await pause()) return null;
    }
    if (!best) return result;
    [changed, state] = [best.image, best.state];
  }
}

/**
 * Return the strokes with the greatest effects, best first, at places that are apart.
 * @param {Uint8Array} image
 * @param {number} side
 * @param {Float32Array} gradient
 */
function promisingStrokes(image, side, gradient) {
  const strokes = Array.from(image, (_, place) =>
    strokesAt(place, image, side, gradient).reduce(better),
  );
  strokes.sort((a, b) => b.effect - a.effect);
  /** @type {Stroke[]} */
  const chosen = [];
  for (const stroke of strokes) {
    if (stroke.effect <= 0 || chosen.length === N_TRIED) break;
    const isApart = (/** @type {Stroke} */ { place: other }) =>
      Math.abs((stroke.place % side) - (other % side)) > 1 ||
      Math.abs(Math.floor(stroke.place / side) - Math.floor(other / side)) > 1;
    if (chosen.every(isApart)) chosen.push(stroke);
  }
  return chosen;
}

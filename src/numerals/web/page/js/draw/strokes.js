// @ts-check
// Strokes: lists of points in units of the pad's width, so that drawings do not depend on its size.

/** @typedef {{x: number, y: number, pressure: number}} Point */
/** @typedef {Point[]} Stroke */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Bounds */

/**
 * How strokes are painted.
 * @typedef {object} View
 * @property {number} scale pixels per unit
 * @property {number} [dx]
 * @property {number} [dy]
 * @property {number} width of the pen
 * @property {number} [from] index of the first point to paint
 * @property {boolean} [isComplete] whether to paint up to the last point, not only to the last midpoint
 */

/** Return the pen width for a pressure, relative to the width at pressure 0.5. */
const penWidth = (/** @type {number} */ pressure) => 0.55 + 0.9 * pressure;

/**
 * Return the bounding box of strokes.
 * @param {Stroke[]} strokes
 * @returns {Bounds}
 */
export function bounds(strokes) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of strokes.flat()) {
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/**
 * Return the height of the highest stroke. It estimates the digit height on sloping lines, too.
 * @param {Stroke[]} strokes
 */
export function maxStrokeHeight(strokes) {
  const heights = strokes.map((stroke) => {
    const box = bounds([stroke]);
    return box.bottom - box.top;
  });
  return Math.max(...heights);
}

/**
 * Paint a stroke as quadratic curves between the midpoints of neighbouring points.
 * The points are the control points. A curve is final once the next point is known.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 * @param {View} view
 */
export function paintStroke(
  context,
  stroke,
  { scale, dx = 0, dy = 0, width, from = 0, isComplete },
) {
  /** @returns {[number, number]} */
  const toPixels = (/** @type {{x: number, y: number}} */ point) => [
    point.x * scale + dx,
    point.y * scale + dy,
  ];
  const midpoint = (/** @type {Point} */ a, /** @type {Point} */ b) =>
    toPixels({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  if (stroke.length === 1) {
    const radius = (width * penWidth(stroke[0].pressure)) / 2;
    context.beginPath();
    context.arc(...toPixels(stroke[0]), radius, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  // Curves of equal width form one path: the antialiased ends of separate paths would be visible.
  /** @type {number | null} */
  let pathWidth = null;
  for (let i = Math.max(1, from); i < stroke.length; i += 1) {
    const [previous, point] = [stroke[i - 1], stroke[i]];
    const curveWidth = (width * (penWidth(previous.pressure) + penWidth(point.pressure))) / 2;
    if (curveWidth !== pathWidth) {
      if (pathWidth !== null) context.stroke();
      pathWidth = curveWidth;
      context.lineWidth = curveWidth;
      context.beginPath();
      context.moveTo(...(i > 1 ? midpoint(stroke[i - 2], previous) : toPixels(previous)));
    }
    context.quadraticCurveTo(...toPixels(previous), ...midpoint(previous, point));
  }
  if (pathWidth === null) return;
  if (isComplete) context.lineTo(...toPixels(stroke[stroke.length - 1]));
  context.stroke();
}

/**
 * Paint complete strokes.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke[]} strokes
 * @param {View} view
 */
export function paintAll(context, strokes, view) {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    paintStroke(context, stroke, { ...view, isComplete: true });
  }
}

/**
 * Return how many groups of strokes lie side by side, with a gap between their columns.
 * @param {Stroke[]} strokes
 */
export function countGroups(strokes) {
  const spans = strokes.map((stroke) => bounds([stroke])).sort((a, b) => a.left - b.left);
  let [groups, right] = [0, -Infinity];
  for (const span of spans) {
    if (span.left > right) groups += 1;
    right = Math.max(right, span.right);
  }
  return groups;
}

/**
 * Return strokes moved and scaled to fit a pad of this height, in units of its width.
 * @param {Stroke[]} strokes
 * @param {number} height
 * @returns {Stroke[]}
 */
export function fitInto(strokes, height) {
  const box = bounds(strokes);
  const [width, tall] = [box.right - box.left, Math.max(box.bottom - box.top, 0.02)];
  const scale = Math.min((0.7 * height) / tall, 0.9 / Math.max(width, 0.02));
  const [dx, dy] = [(1 - scale * width) / 2, (height - scale * tall) / 2];
  return strokes.map((stroke) =>
    stroke.map(({ x, y, pressure }) => ({
      x: dx + scale * (x - box.left),
      y: dy + scale * (y - box.top),
      pressure,
    })),
  );
}

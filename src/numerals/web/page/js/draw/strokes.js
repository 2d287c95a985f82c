// A drawing: strokes of points, in units of the pad's width, so that it survives a resize.

/** @typedef {{x: number, y: number, pressure: number}} Point */

/** The pen's width at a point, as a share of its full width; mice and fingers have no pressure. */
const penWidth = (pressure) => 0.55 + 0.9 * pressure;

/** The smallest box around points: {left, top, right, bottom}. */
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

/** Height of the tallest stroke: about that of a digit, however long the line is or slopes. */
export function tallest(strokes) {
  const heights = strokes.map((stroke) => {
    const box = bounds([stroke]);
    return box.bottom - box.top;
  });
  return Math.max(...heights);
}

/**
 * Draw points `from`.. of a stroke. Between the middles of neighbouring points run curves whose
 * control is the point itself: smooth, and each piece is final once the next point is known. The
 * last half piece is drawn where the stroke is whole.
 */
export function paintStroke(context, stroke, { scale, dx = 0, dy = 0, width, from = 0, isWhole }) {
  const at = (point) => [point.x * scale + dx, point.y * scale + dy];
  const middle = (a, b) => at({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  if (stroke.length === 1) {
    context.beginPath();
    context.arc(...at(stroke[0]), (width * penWidth(stroke[0].pressure)) / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  // Pieces of one width are one path: where paths meet, their soft edges would show as beads.
  let drawn = null;
  for (let i = Math.max(1, from); i < stroke.length; i += 1) {
    const [before, point] = [stroke[i - 1], stroke[i]];
    const wide = (width * (penWidth(before.pressure) + penWidth(point.pressure))) / 2;
    if (wide !== drawn) {
      if (drawn !== null) context.stroke();
      drawn = wide;
      context.lineWidth = wide;
      context.beginPath();
      context.moveTo(...(i > 1 ? middle(stroke[i - 2], before) : at(before)));
    }
    context.quadraticCurveTo(...at(before), ...middle(before, point));
  }
  if (drawn === null) return;
  if (isWhole) context.lineTo(...at(stroke.at(-1)));
  context.stroke();
}

export function paintAll(context, strokes, view) {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    paintStroke(context, stroke, { ...view, isWhole: true });
  }
}

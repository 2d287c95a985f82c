// Strokes: lists of points in units of the pad's width, so that drawings do not depend on its size.

/** @typedef {{x: number, y: number, pressure: number}} Point */

/** Return the pen width for a pressure, relative to the width at pressure 0.5. */
const penWidth = (pressure) => 0.55 + 0.9 * pressure;

/** Return the bounding box of strokes: {left, top, right, bottom}. */
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

/** Return the height of the highest stroke. It estimates the digit height on sloping lines, too. */
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
 * @param view.from       index of the first point to paint
 * @param view.isComplete whether to paint up to the last point, not only to the last midpoint
 */
export function paintStroke(
  context,
  stroke,
  { scale, dx = 0, dy = 0, width, from = 0, isComplete },
) {
  const toPixels = (point) => [point.x * scale + dx, point.y * scale + dy];
  const midpoint = (a, b) => toPixels({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  if (stroke.length === 1) {
    const radius = (width * penWidth(stroke[0].pressure)) / 2;
    context.beginPath();
    context.arc(...toPixels(stroke[0]), radius, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  // Curves of equal width form one path: the antialiased ends of separate paths would be visible.
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
  if (isComplete) context.lineTo(...toPixels(stroke.at(-1)));
  context.stroke();
}

/** Paint complete strokes. */
export function paintAll(context, strokes, view) {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    paintStroke(context, stroke, { ...view, isComplete: true });
  }
}

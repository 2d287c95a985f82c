// Strokes -> pixels for the model. Its pen is as wide as a pen is in what it learned from,
// whatever width looks well on the pad.

import { bounds, paintAll, tallest } from "./strokes.js";

const SIDE = 64; // of one digit's picture; the service centres it as MNIST does
const INNER = 52;
const DIGIT_PEN = 0.12; // of the digit's longer side
const NUMBER_HEIGHT = 90; // of the tallest stroke in a number's picture, pixels
const NUMBER_PEN = 0.075; // of that height
const MARGIN = 40;
const LONGEST = 4000;

let small = null;

function smallCanvas() {
  if (!small) {
    small = document.createElement("canvas");
    small.width = SIDE;
    small.height = SIDE;
  }
  return small.getContext("2d", { willReadFrequently: true });
}

/** One digit, ink bright on dark: rows of 0..255. */
export function digitPixels(strokes) {
  const context = smallCanvas();
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIDE, SIDE);
  context.fillStyle = "#fff";
  context.strokeStyle = "#fff";
  const box = bounds(strokes);
  const size = Math.max(box.right - box.left, box.bottom - box.top, 0.02);
  const pen = DIGIT_PEN * INNER;
  const scale = (INNER - pen) / size;
  const dx = SIDE / 2 - (scale * (box.left + box.right)) / 2;
  const dy = SIDE / 2 - (scale * (box.top + box.bottom)) / 2;
  // Pressure varies the width by half; 0.5, which a mouse reports, must give the full width.
  paintAll(context, strokes, { scale, dx, dy, width: pen });
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Array.from({ length: SIDE }, (_, y) =>
    Array.from({ length: SIDE }, (_, x) => data[4 * (SIDE * y + x)]),
  );
}

/** A whole number, dark on white; `toPad` turns its pixels into the pad's units. */
export async function numberPicture(strokes) {
  const box = bounds(strokes);
  const height = Math.max(tallest(strokes), (box.right - box.left) / 60, 0.02);
  const scale = Math.min(NUMBER_HEIGHT / height, LONGEST / (box.right - box.left));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(scale * (box.right - box.left)) + 2 * MARGIN;
  canvas.height = Math.ceil(scale * (box.bottom - box.top)) + 2 * MARGIN;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#111";
  context.strokeStyle = "#111";
  const [dx, dy] = [MARGIN - scale * box.left, MARGIN - scale * box.top];
  paintAll(context, strokes, { scale, dx, dy, width: Math.max(NUMBER_PEN * scale * height, 2) });
  const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return { picture, toPad: (x, y) => ({ x: (x - dx) / scale, y: (y - dy) / scale }) };
}

/** The strokes inside a box of a number's picture: one digit of it, cut where the box ends. */
export function strokesWithin(strokes, [left, top, right, bottom], toPad) {
  const slack = (bottom - top) * 0.08;
  const low = toPad(left - slack, top - slack);
  const high = toPad(right + slack, bottom + slack);
  const inside = ({ x, y }) => x >= low.x && x <= high.x && y >= low.y && y <= high.y;
  const parts = [];
  for (const stroke of strokes) {
    let part = [];
    for (const point of stroke) {
      if (inside(point)) part.push(point);
      else if (part.length) {
        parts.push(part);
        part = [];
      }
    }
    if (part.length) parts.push(part);
  }
  return parts;
}

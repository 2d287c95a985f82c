// Maps over a digit: what speaks for an answer in blue, what against it in orange, the ink in grey.

import { h } from "../dom.js";

const CELL = 8; // canvas pixels per pixel of the map

/** The model's picture: ink in the page's ink colour. */
export function showImage(image, label) {
  return paint(image, label, (value, colors) => mix(colors.ground, colors.ink, value / 255));
}

/** A signed map over the picture; its strongest value has the full colour. */
export function showMap(map, image, label) {
  const peak = Math.max(...map.flat().map(Math.abs), 1e-9);
  return paint(map, label, (value, colors, x, y) => {
    const ink = (image[y]?.[x] ?? 0) / 255;
    const share = Math.min(1, Math.abs(value) / peak);
    const side = value >= 0 ? colors.for : colors.against;
    const colored = mix(colors.ground, side, 0.85 * Math.pow(share, 0.8));
    return mix(colored, colors.ink, 0.45 * ink); // the ink on top: one sees which part it is
  });
}

/** Where in the ink a map's strongest support lies, in words. */
export function whereStrongest(map, image) {
  const inked = image.flatMap((row, y) => row.flatMap((value, x) => (value > 60 ? [[x, y]] : [])));
  if (!inked.length) return "middle";
  let peak = inked[0];
  for (const [x, y] of inked) if (map[y][x] > map[peak[1]][peak[0]]) peak = [x, y];
  const third = (axis, names) => {
    const places = inked.map((point) => point[axis]);
    const [low, high] = [Math.min(...places), Math.max(...places)];
    const share = (peak[axis] - low + 0.5) / (high - low + 1);
    return names[Math.min(2, Math.floor(3 * share))];
  };
  const place = [third(1, ["top", "", "bottom"]), third(0, ["left", "", "right"])];
  return place.filter(Boolean).join(" ") || "middle";
}

function paint(map, label, colorAt) {
  const [height, width] = [map.length, map[0].length];
  const canvas = h("canvas", { role: "img", "aria-label": label, class: "map" });
  [canvas.width, canvas.height] = [width * CELL, height * CELL];
  const context = canvas.getContext("2d");
  const colors = themeColors();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      context.fillStyle = `rgb(${colorAt(map[y][x], colors, x, y).join(" ")})`;
      context.fillRect(x * CELL, y * CELL, CELL, CELL);
    }
  }
  return canvas;
}

function themeColors() {
  const style = getComputedStyle(document.documentElement);
  const names = {
    ground: "--paper",
    ink: "--ink",
    for: "--for",
    against: "--against",
  };
  return Object.fromEntries(
    Object.entries(names).map(([name, variable]) => [
      name,
      parse(style.getPropertyValue(variable)),
    ]),
  );
}

const parse = (hex) =>
  hex
    .trim()
    .match(/[0-9a-f]{2}/gi)
    .map((part) => parseInt(part, 16));
const mix = (a, b, share) => a.map((value, i) => Math.round(value + (b[i] - value) * share));

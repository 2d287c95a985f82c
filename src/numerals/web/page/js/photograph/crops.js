// @ts-check
// For files that browsers cannot display (PDF, HEIC, later pages of a TIFF), show the stored
// pictures of the lines at their positions.

import { call } from "../api.js";
import { h } from "../dom.js";
import { placeAt } from "./overlay.js";

const MARGIN = 0.35; // of a line's height; the service stores such a margin around it

/**
 * @typedef {import("../types.js").Box} Box
 * @typedef {import("../types.js").Page} Page
 */

/** @type {Page | null} */
let shown = null;

/**
 * @param {HTMLElement} layer
 * @param {Page | null} page null if the browser displays the picture
 */
export function showCrops(layer, page) {
  if (page === shown) return;
  shown = page;
  const isUpright = page && Math.round((page.turn ?? 0) / 90) % 4 === 0;
  layer.replaceChildren();
  if (!page || !isUpright) return;
  for (const { line_id: id, box } of page.lines) if (id) layer.append(crop(id, box, page));
}

/**
 * @param {string} id of a line
 * @param {Box} box
 * @param {Page} page
 */
function crop(id, [left, top, right, bottom], page) {
  const image = h("img", { class: "crop", alt: "" });
  const margin = MARGIN * (bottom - top);
  /** @type {Box} */
  const box = [
    Math.max(0, left - margin),
    Math.max(0, top - margin),
    Math.min(page.width, right + margin),
    Math.min(page.height, bottom + margin),
  ];
  placeAt(image, box, page);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  call(`v1/review/${encodeURIComponent(id)}/crop`, { as: "blob" })
    .then((blob) => {
      image.src = URL.createObjectURL(blob);
    })
    .catch(() => image.remove()); // no picture is stored
  return image;
}

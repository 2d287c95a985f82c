// What a browser cannot show (a PDF, HEIC, a TIFF's later pages) has the stored pictures of its
// lines in its place, where they stand.

import { call } from "../api.js";
import { h } from "../dom.js";
import { place } from "./overlay.js";

const MARGIN = 0.35; // of a line's height: so much the service keeps around it

let shown = null;

/** @param page what was read, or null where the picture itself can be seen */
export function showCrops(layer, page) {
  if (page === shown) return;
  shown = page;
  const isUpright = page && Math.round((page.turn ?? 0) / 90) % 4 === 0;
  const lines = isUpright ? page.lines.filter((line) => line.line_id) : [];
  layer.replaceChildren(...lines.map((line) => crop(line, page)));
}

function crop({ line_id: id, box: [left, top, right, bottom] }, page) {
  const image = h("img", { class: "crop", alt: "" });
  const margin = MARGIN * (bottom - top);
  const around = [
    Math.max(0, left - margin),
    Math.max(0, top - margin),
    Math.min(page.width, right + margin),
    Math.min(page.height, bottom + margin),
  ];
  place(image, around, page);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  call(`v1/review/${encodeURIComponent(id)}/crop`, { as: "blob" })
    .then((blob) => {
      image.src = URL.createObjectURL(blob);
    })
    .catch(() => image.remove()); // not kept: the boxes stand on blank paper
  return image;
}

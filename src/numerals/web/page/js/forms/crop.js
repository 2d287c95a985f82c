// @ts-check
// A part of the form around a field, with its printed label, so that naming it needs no scrolling.

import { h } from "../dom.js";

/** @typedef {import("./model.js").Form} Form */
/** @typedef {import("../types.js").Box} Box */

const WIDTH = 640; // pixels of the canvas
const MAX_HEIGHT = 260;

export function makeCrop() {
  const canvas = h("canvas", { class: "field-crop", width: WIDTH, height: MAX_HEIGHT, role: "img", "aria-label": "The field and the print around it" });
  return {
    canvas,
    /** @param {HTMLImageElement} picture @param {Form} form @param {Box} box */
    show(picture, form, box) {
      const context = canvas.getContext("2d");
      if (!context || !picture.naturalWidth) return;
      const [left, top, right, bottom] = box;
      const height = bottom - top;
      // Labels are to the left of a box or above it.
      const x = Math.max(0, left - Math.max(0.25 * form.width, 2 * height));
      const y = Math.max(0, top - 1.2 * height);
      const width = Math.min(form.width, right + 0.6 * height) - x;
      const zoom = WIDTH / width;
      const shown = Math.min(MAX_HEIGHT / zoom, Math.min(form.height, bottom + 0.8 * height) - y);
      canvas.height = Math.max(1, Math.round(shown * zoom));
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, x, y, width, shown, 0, 0, WIDTH, canvas.height);
      context.strokeStyle = "#0b6fb3";
      context.lineWidth = 4;
      context.strokeRect((left - x) * zoom, (top - y) * zoom, (right - left) * zoom, height * zoom);
    },
  };
}

// @ts-check
// The frames of a line model below its strip: which columns became which character.

import { context2d, h } from "../dom.js";

const MAX_SPANS = 60; // characters with labels; more would overlap
const REJECT = "\ufffd"; // other ink

/**
 * The frames of an explanation.
 * @typedef {object} Frames
 * @property {string[]} characters
 * @property {number[][]} proba of each character, per frame
 * @property {string} text
 * @property {[number, number][]} spans first and last frame of each character of the text
 * @property {number} stride columns of the strip per frame
 */

/**
 * @param {Frames} frames
 * @param {import("./why.js").Step | undefined} strip step with the picture of the strip
 */
export function framesFigure(frames, strip) {
  const columns = frames.proba.length * frames.stride;
  const shown = charactersByMaximum(frames);
  const figure = h("div", { class: "why-frames", tabindex: 0, role: "group" });
  figure.setAttribute("aria-label", describeSpans(frames));
  const inner = h("div", { class: "why-frames-inner" });
  inner.style.setProperty("--columns", String(columns));
  if (strip?.picture && strip.size) {
    const image = h("img", { src: strip.picture, alt: "", class: "pixels" });
    image.style.setProperty("width", `${(100 * strip.size[0]) / columns}%`);
    inner.append(image);
  }
  inner.append(spanRow(frames), ...shown.map((index) => heatRow(frames, index)));
  figure.append(inner);
  return figure;
}

/**
 * Return the indices of the characters that occur in some frame, in the order of their peaks.
 * @param {Frames} frames
 */
function charactersByMaximum({ proba, characters }) {
  const peaks = characters.map((_, index) => {
    const values = proba.map((row) => row[index]);
    const maximum = Math.max(...values);
    return { index, maximum, frame: values.indexOf(maximum) };
  });
  return peaks
    .filter(({ maximum }) => maximum >= 0.05)
    .sort((a, b) => a.frame - b.frame)
    .map(({ index }) => index);
}

/** @param {Frames} frames */
function describeSpans({ text, spans, stride }) {
  const parts = [...text].map((character, i) => {
    const [first, last] = spans[i];
    return `${name(character)}: columns ${stride * first} to ${stride * (last + 1)}`;
  });
  return `Columns of the strip that became a character. ${parts.join("; ")}`;
}

const name = (/** @type {string} */ character) => (character === REJECT ? "other ink" : character);

/** @param {Frames} frames */
function spanRow({ text, spans, proba }) {
  const row = h("div", { class: "why-spans", "aria-hidden": "true" });
  [...text].slice(0, MAX_SPANS).forEach((character, i) => {
    const [first, last] = spans[i];
    const label = h("b", {}, character === REJECT ? "?" : character);
    label.style.setProperty("left", `${(100 * first) / proba.length}%`);
    label.style.setProperty("width", `${(100 * (last + 1 - first)) / proba.length}%`);
    row.append(label);
  });
  return row;
}

/**
 * Return a row of cells, darker for a higher probability of one character.
 * @param {Frames} frames
 * @param {number} index
 */
function heatRow({ characters, proba }, index) {
  const canvas = h("canvas", { class: "pixels", "aria-hidden": "true" });
  [canvas.width, canvas.height] = [proba.length, 1];
  const context = context2d(canvas);
  const color = getComputedStyle(document.documentElement).getPropertyValue("--for").trim();
  proba.forEach((row, frame) => {
    context.globalAlpha = row[index];
    context.fillStyle = color;
    context.fillRect(frame, 0, 1, 1);
  });
  const label = h("span", { "aria-hidden": "true" }, characters[index] === REJECT ? "?" : characters[index]);
  return h("div", { class: "why-row" }, label, canvas);
}

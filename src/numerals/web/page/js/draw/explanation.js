// @ts-check
// The explanation of a digit: the model's input, occlusion maps, and similar training digits.

import { call } from "../api.js";
import { percent } from "../confidence.js";
import { h } from "../dom.js";
import { describePeak, showImage, showMap } from "./maps.js";
import { renderDigit } from "./raster.js";

/**
 * The explanation of one digit.
 * @typedef {object} Explanation
 * @property {string} answer
 * @property {{text: string, confidence: number} | null} runner_up
 * @property {number[][]} image
 * @property {number[][]} occlusion
 * @property {number[][]} why_not
 * @property {Neighbour[]} [neighbours]
 * @property {string} [neighbours_note]
 */

/** @typedef {{label: string, similarity: number, picture: string}} Neighbour */

/**
 * Request the explanation of a drawn digit.
 * @param {import("./strokes.js").Stroke[]} strokes
 * @param {string} script
 * @returns {Promise<Explanation>}
 */
export function explain(strokes, script) {
  return call("v1/explain", { json: { image: renderDigit(strokes) }, query: { script } });
}

/**
 * Show an explanation of the service.
 * @param {HTMLElement} body
 * @param {Explanation} explanation
 */
export function showExplanation(body, explanation) {
  const { answer, runner_up: runnerUp, occlusion, why_not: whyNot, image } = explanation;
  const peak = describePeak(occlusion, image);
  const figures = [
    figure(
      showImage(image, `Model input, ${image.length} by ${image.length} pixels`),
      "Model input",
    ),
    figure(
      showMap(occlusion, image, `Support for ${answer}, strongest at the ${peak}`),
      h("span", {}, h("b", {}, `Why ${answer}`), `: strongest at the ${peak}`),
    ),
  ];
  if (runnerUp?.text) {
    const { text, confidence } = runnerUp;
    const peakAgainst = describePeak(whyNot, image);
    figures.push(
      figure(
        showMap(
          whyNot,
          image,
          `Support for ${answer} against ${text}, strongest at the ${peakAgainst}`,
        ),
        h(
          "span",
          {},
          h("b", {}, `Why not ${text}`),
          ` (${percent(confidence)}): strongest at the ${peakAgainst}`,
        ),
      ),
    );
  }
  body.replaceChildren(
    h("div", { class: "explanation-maps" }, figures),
    h(
      "p",
      { class: "legend small" },
      h("span", { class: "key for" }, "Supports the result"),
      h("span", { class: "key against" }, "Opposes the result"),
      h("span", {}, "Each part is hidden in turn to measure its effect on the log-odds."),
    ),
    ...neighbourList(explanation),
  );
}

/** @param {Explanation} explanation */
function neighbourList({ neighbours = [], neighbours_note: note }) {
  const heading = h("h3", { id: "neighbours-title" }, "Most similar training digits");
  if (!neighbours.length) return [heading, h("p", { class: "small" }, note || "None available.")];
  const items = neighbours.map(neighbourItem);
  return [
    heading,
    h("ul", { class: "digit-grid large", "aria-labelledby": "neighbours-title" }, items),
  ];
}

/**
 * Return a list item with a training digit and its similarity.
 * @param {Neighbour} neighbour
 */
export function neighbourItem({ label, similarity, picture }) {
  return h(
    "li",
    {},
    h("img", { src: picture, alt: "", width: 56, height: 56 }),
    h("b", {}, label),
    h("small", {}, `${percent(similarity)} similar`),
  );
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Node | string} caption
 */
function figure(canvas, caption) {
  return h("figure", {}, canvas, h("figcaption", {}, caption));
}

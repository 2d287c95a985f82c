// @ts-check
// The selected map, enlarged, with the filter that makes it.

import { h, setText } from "../../dom.js";
import { contributionsOf, filterOf, strongestInputs } from "./architecture.js";
import { paintFilter, paintPixels, pixelCanvas } from "./pixels.js";

/**
 * @typedef {import("./architecture.js").Stage} Stage
 * @typedef {import("./pixels.js").Palette} Palette
 * @typedef {{bytes: Uint8Array, height: number, width: number}} ByteMaps map by map
 */

/**
 * What the thread sends of a drawing.
 * @typedef {object} ShownRun
 * @property {Uint8Array} image
 * @property {ByteMaps[]} maps of each layer
 * @property {Float32Array} summary
 * @property {Float64Array} probabilities
 * @property {Float64Array[]} parts of each network
 * @property {number} milliseconds
 */

const N_INPUTS = 3; // shown of each filter after the first layer

export class MapDetail {
  constructor() {
    /** @type {Stage | null} */
    this.stage = null;
    this.layer = 0;
    this.map = 0;
    /** @type {Palette | null} */
    this.painted = null; // palette of the painted filters
    /** @type {number[]} */
    this.inputs = [];
    /** @type {[HTMLCanvasElement, HTMLCanvasElement][]} */
    this.pairs = [];
    this.output = pixelCanvas();
    this.description = "";
    this.parts = h("div", { class: "detail-parts" });
    this.title = h("h3", {});
    this.text = h("p", { class: "small" });
    this.element = h(
      "div",
      { class: "map-detail" },
      h("div", {}, this.title, this.text),
      this.parts,
    );
  }

  /**
   * Select a map.
   * @param {Stage[]} stages of the network
   * @param {number} layer index of the stage
   * @param {number} map index
   */
  select(stages, layer, map) {
    const stage = stages[layer];
    Object.assign(this, { stage, layer, map, painted: null });
    this.inputs = layer ? strongestInputs(stage, map, N_INPUTS) : [0];
    this.pairs = this.inputs.map(() => [pixelCanvas(), pixelCanvas()]);
    this.output = pixelCanvas();
    const shown = this.pairs.map(([input, filter], i) =>
      h(
        "div",
        { class: "detail-pair" },
        figure(input, layer ? `Map ${this.inputs[i] + 1}` : "Input"),
        h("span", { "aria-hidden": "true" }, "∗"),
        figure(filter, "Filter"),
      ),
    );
    const arrow = h("span", { "aria-hidden": "true" }, "→");
    this.parts.replaceChildren(
      h("div", { class: "detail-inputs" }, shown),
      arrow,
      figure(this.output, "Map"),
    );
    this.title.textContent = `Layer ${layer + 1}, map ${map + 1}`;
    this.description = describe(stage, layer, this.inputs);
    this.text.textContent = this.description;
  }

  /**
   * Paint the selected map.
   * @param {ShownRun} run the latest one
   * @param {Palette} palette
   * @param {object} network
   * @param {number} network.side
   * @param {import("./architecture.js").LayerDescription[]} network.layers
   * @param {string[]} network.classes
   */
  paint(run, palette, { side, layers, classes }) {
    if (!this.stage) return;
    const { stage, layer, map } = this;
    this.pairs.forEach(([inputCanvas, filterCanvas], i) => {
      const input = this.inputs[i];
      if (this.painted !== palette) {
        paintFilter(filterCanvas, stage.side, filterOf(stage, map, input), palette);
      }
      if (layer) paintMap(inputCanvas, run.maps[layer - 1], input, palette);
      else paintPixels(inputCanvas, side, side, (at) => palette.ink[run.image[at]]);
    });
    this.painted = palette;
    paintMap(this.output, run.maps[layer], map, palette);
    const votes =
      layer === run.maps.length - 1 && contributionsOf(layers, run.summary, stage.nMaps, map);
    const text = votes ? `${this.description} ${describeVotes(votes, classes)}` : this.description;
    setText(this.text, text);
  }

  /**
   * Return the receptive field of the map's strongest pixel; null if it is the whole input.
   * @param {ShownRun} run
   * @param {number} side
   */
  strongest({ maps }, side) {
    if (!this.stage || this.stage.field.size >= side) return null;
    const { bytes, height, width } = maps[this.layer];
    const start = this.map * height * width;
    let peak = start;
    for (let i = start; i < start + height * width; i += 1) if (bytes[i] > bytes[peak]) peak = i;
    if (!bytes[peak]) return null;
    const { size, step, start: first } = this.stage.field;
    const at = (/** @type {number} */ index) => first + index * step;
    return { left: at((peak - start) % width), top: at(Math.floor((peak - start) / width)), size };
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ByteMaps} maps
 * @param {number} map
 * @param {Palette} palette
 */
function paintMap(canvas, { bytes, height, width }, map, { bright }) {
  const start = map * height * width;
  paintPixels(canvas, height, width, (at) => bright[bytes[start + at]]);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} caption
 */
function figure(canvas, caption) {
  return h("figure", {}, canvas, h("figcaption", {}, caption));
}

/**
 * @param {Stage} stage
 * @param {number} layer
 * @param {number[]} inputs
 */
function describe({ field, nInputs, side }, layer, inputs) {
  const rule = (/** @type {string} */ what) =>
    `Blue weights strengthen the map where there is ${what}, orange weaken it.`;
  if (!layer) return `The filter, ${side} × ${side}, slides over the input. ${rule("ink")}`;
  return (
    `Sum of ${nInputs} filters, one for each map of layer ${layer}; shown are the ` +
    `${inputs.length} with the greatest weights. Each pixel sees ${field.size} × ${field.size} ` +
    `of the input. ${rule("colour")}`
  );
}

/**
 * @param {number[]} votes
 * @param {string[]} classes
 */
function describeVotes(votes, classes) {
  const order = [...votes.keys()].sort((a, b) => votes[b] - votes[a]);
  const [most, least] = [order[0], order[order.length - 1]];
  const amount = (/** @type {number} */ value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
  const name = (/** @type {number} */ label) => classes[label] ?? "“no digit”";
  if (votes[most] <= 0.005 && votes[least] >= -0.005) return "It does not affect the scores now.";
  return `Its part of the scores now: ${amount(votes[most])} for ${name(most)}, ${amount(
    votes[least],
  )} for ${name(least)}.`;
}

// @ts-check
// The stages of the network from the input to the scores, each with a short explanation.

import { h, setText } from "../../dom.js";
import { percent } from "../../confidence.js";
import { showBars } from "../bars.js";
import { describeStages, filterOf } from "./architecture.js";
import { MapDetail } from "./detail.js";
import { MapGrid } from "./map-grid.js";
import { paintFilter, paintPixels, pixelCanvas } from "./pixels.js";

/**
 * @typedef {import("./architecture.js").LayerDescription} LayerDescription
 * @typedef {import("./architecture.js").Stage} Stage
 * @typedef {import("./detail.js").ByteMaps} ByteMaps
 * @typedef {import("./detail.js").ShownRun} ShownRun
 * @typedef {import("./pixels.js").Palette} Palette
 */

const NARROW = matchMedia("(max-width: 47rem)");
const LARGE_MAP = 20; // pixels; larger maps have fewer columns

export class Stages {
  /**
   * @param {import("./network.js").ModelDescription} model
   * @param {LayerDescription[]} layers of the shown network
   */
  constructor(model, layers) {
    this.layers = layers;
    this.classes = [...model.classes];
    this.side = model.image_shape[0];
    /** @type {ShownRun | null} */
    this.run = null;
    /** @type {Palette | null} */
    this.palette = null;
    this.stages = describeStages(layers);
    this.grids = this.stages.map(
      ({ nMaps }, layer) =>
        new MapGrid(`Maps of layer ${layer + 1}`, nMaps, (map) => this.select(layer, map)),
    );
    this.detail = new MapDetail();
    this.input = pixelCanvas("What the network sees of the drawing");
    this.box = h("span", { class: "map-marker", hidden: true });
    this.bars = h("ol", { class: "bars", "aria-label": "Probability of each class" });
    this.members = h("p", { class: "small" });
    this.filters = h("div", { class: "filter-row", "aria-hidden": "true" });
    this.top = this.#inputStage();
    const nMaps = this.stages[this.stages.length - 1].nMaps;
    this.element = h("div", { class: "stages" }, this.top, this.#layerStages(), [
      stage("Scores", scoresText(layers, nMaps), this.bars, this.members),
    ]);
    this.select(0, 0);
  }

  /**
   * Show another map enlarged.
   * @param {number} layer
   * @param {number} map
   */
  select(layer, map) {
    this.grids.forEach((grid, i) => grid.mark(i === layer ? map : -1));
    this.detail.select(this.stages, layer, map);
    // On a phone the enlarged map is below its layer, where the finger is.
    if (NARROW.matches) this.grids[layer].element.after(this.detail.element);
    else if (!this.top.contains(this.detail.element)) this.top.append(this.detail.element);
    if (this.run) this.#paintDetail();
  }

  /**
   * Show the run of a drawing.
   * @param {ShownRun} run
   * @param {Palette} palette
   */
  paint(run, palette) {
    this.run = run;
    this.palette = palette;
    paintPixels(this.input, this.side, this.side, (at) => palette.ink[run.image[at]]);
    this.grids.forEach((grid, i) => grid.paint(run.maps[i], palette, columnsFor(run.maps[i])));
    this.#paintDetail();
    this.#showScores(run);
  }

  /**
   * Paint the filters of the first layer.
   * @param {Palette} palette
   */
  paintFilters(palette) {
    const [first] = this.stages;
    this.filters.replaceChildren(
      ...Array.from({ length: first.nMaps }, (_, map) => {
        const canvas = pixelCanvas();
        paintFilter(canvas, first.side, filterOf(first, map, 0), palette);
        return canvas;
      }),
    );
  }

  #inputStage() {
    const { side } = this;
    const top = stage(
      "Input",
      `The drawing as the network sees it: scaled and centred in ${side} × ${side} pixels.`,
      h("div", { class: "map-frame input-frame" }, this.input, this.box),
    );
    top.classList.add("input-stage");
    top.append(this.detail.element);
    return top;
  }

  #layerStages() {
    return this.stages.map((each, layer) => {
      const title = `Layer ${layer + 1}: ${each.nMaps} maps`;
      const parts = layer ? [] : [this.filters];
      return stage(title, layerText(each, layer), ...parts, this.grids[layer].element);
    });
  }

  #paintDetail() {
    if (!this.run || !this.palette) return;
    this.detail.paint(this.run, this.palette, this);
    const field = this.detail.strongest(this.run, this.side);
    this.box.hidden = !field;
    if (!field) return;
    // The part of the field inside the picture.
    const clamp = (/** @type {number} */ value) => Math.min(Math.max(value, 0), this.side);
    const [left, top] = [clamp(field.left), clamp(field.top)];
    const share = (/** @type {number} */ value) => `${((100 * value) / this.side).toFixed(2)}%`;
    this.box.style.left = share(left);
    this.box.style.top = share(top);
    this.box.style.width = share(clamp(field.left + field.size) - left);
    this.box.style.height = share(clamp(field.top + field.size) - top);
  }

  /** @param {ShownRun} run */
  #showScores({ probabilities, parts }) {
    const options = [...probabilities].map((confidence, label) => ({
      text: this.classes[label] ?? "",
      confidence,
    }));
    const best = options.reduce((a, b) => (b.confidence > a.confidence ? b : a));
    showBars(this.bars, options, best.text);
    const texts = parts.map((own, i) => {
      const label = own.indexOf(Math.max(...own));
      return `network ${i + 1}: ${this.classes[label] ?? "no digit"}, ${percent(own[label])}`;
    });
    setText(this.members, parts.length > 1 ? `Mean of ${texts.join("; ")}.` : "");
  }
}

/** @param {ByteMaps} maps */
function columnsFor({ height }) {
  const columns = height >= LARGE_MAP ? 16 : 32;
  return NARROW.matches ? columns / 2 : columns;
}

/**
 * @param {string} title
 * @param {string} text
 * @param {...(HTMLElement | HTMLElement[])} content
 */
function stage(title, text, ...content) {
  const head = h(
    "div",
    { class: "stage-text" },
    h("h3", {}, title),
    h("p", { class: "small" }, text),
  );
  return h("section", { class: "stage" }, head, content.flat());
}

/**
 * @param {Stage} stage
 * @param {number} layer
 */
function layerText({ side, nInputs, isPooled, field }, layer) {
  if (!layer) {
    return (
      `A filter is a small pattern, ${side} × ${side} pixels (above the maps). It slides over the ` +
      "input; its map is coloured where the input fits the pattern, such as an edge or an end of a " +
      "stroke. Misfits, which are negative, become zero: this is called ReLU."
    );
  }
  const pooling = isPooled
    ? "Pooling keeps the strongest of each 2 × 2 pixels of the maps above. "
    : "";
  return (
    `${pooling}Each filter looks at all ${nInputs} maps above, ${side} × ${side} pixels at a time, ` +
    `which come from ${field.size} × ${field.size} pixels of the input.`
  );
}

/**
 * @param {LayerDescription[]} layers
 * @param {number} nMaps
 */
function scoresText(layers, nMaps) {
  const summary = layers.some(({ kind }) => kind === "summary")
    ? `Of each of the ${nMaps} last maps remain two numbers, its maximum and its mean: whether ` +
      "something is there, no longer where. "
    : "";
  return (
    `${summary}Each class adds up the numbers with its own weights. Softmax turns these sums into ` +
    "probabilities, which add up to 100 %."
  );
}

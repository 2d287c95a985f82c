// @ts-check
// A thread that runs the networks, so that drawing never waits for them. It handles the newest
// drawing only, in steps: maps and scores, then the contrast, then the search for a change.
//
// It receives {model} first and answers with the decoded {networks}. Then it receives drawings {image, shown, target, isComplete}: `shown` is the index of
// the network whose maps are shown, `target` the class to change the answer to, or null. It sends
// {image, maps, summary, probabilities, parts, milliseconds}, then {image, contrast, answer, other},
// and for complete drawings {image, change}.

import { findChange, strokeEffects } from "./changes.js";
import { Ensemble } from "./network.js";

const CONTRAST_INTERVAL = 100; // ms; maps come first while newer drawings arrive

/**
 * @typedef {object} Drawing
 * @property {Uint8Array} image
 * @property {number} shown
 * @property {number | null} target
 * @property {boolean} isComplete
 */

/** @type {Ensemble | null} */
let model = null;
let nClasses = 0;
let contrastedAt = 0;
/** @type {Drawing | null} */
let newest = null; // the drawing that waits
let isBusy = false;

addEventListener("message", ({ data }) => {
  if (data.model) {
    model = new Ensemble(data.model);
    nClasses = data.model.classes.length; // an output after these is "no digit"
    postMessage({ networks: model.networks.map(describeWeights) });
    return;
  }
  newest = data;
  if (!isBusy) run();
});

async function run() {
  isBusy = true;
  while (newest) {
    const drawing = newest;
    newest = null;
    await show(drawing);
  }
  isBusy = false;
}

/** @param {Drawing} drawing */
async function show({ image, shown, target, isComplete }) {
  if (!model) return;
  const started = performance.now();
  const state = model.forward(image);
  const { probabilities, runs } = state;
  const layers = describeLayers(model.networks[shown], runs[shown].values);
  const parts = runs.map((run) => run.probabilities);
  const milliseconds = performance.now() - started;
  postMessage({ image, ...layers, probabilities, parts, milliseconds });
  const isDue = performance.now() - contrastedAt > CONTRAST_INTERVAL;
  if ((await isOutdated()) && !isDue) return;
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const answer = order[0];
  const second = order.find((label) => label !== answer && label < nClasses);
  const other = target === null || target === answer ? (second ?? answer) : target;
  const gradient = model.contrast(state, answer, other);
  const contrast = strokeEffects(image, model.side, gradient);
  postMessage({ image, contrast, answer, other });
  contrastedAt = performance.now();
  if (!isComplete || (await isOutdated())) return;
  const change = await findChange(model, image, other, isOutdated);
  if (change) postMessage({ image, change: { ...change, other } });
}

/** @param {import("./network.js").Network} network */
function describeWeights({ layers }) {
  return layers.map(({ kind, padding, weight }) => ({ kind, padding, weight }));
}

/**
 * Return the maps after each convolution and its ReLU as bytes, and the values before the end.
 * @param {import("./network.js").Network} network
 * @param {import("./layers.js").Maps[]} values
 */
function describeLayers(network, values) {
  /** @type {ReturnType<typeof toBytes>[]} */
  const maps = [];
  /** @type {Float32Array | null} */
  let summary = null;
  network.layers.forEach((layer, i) => {
    if (layer.kind === "convolution") maps.push(toBytes(values[i + 1]));
    if (layer.kind === "linear") summary = values[i].data; // the input of the last linear layer
  });
  return { maps, summary };
}

/**
 * Return maps with the greatest value as 255, map by map.
 * @param {import("./layers.js").Maps} maps
 */
function toBytes({ data, height, width, depth }) {
  const peak = data.reduce((highest, value) => Math.max(highest, value), 0);
  const nPixels = height * width;
  const bytes = new Uint8Array(data.length);
  for (let pixel = 0; pixel < nPixels; pixel += 1) {
    for (let map = 0; map < depth; map += 1) {
      const value = data[pixel * depth + map];
      if (value > 0) bytes[map * nPixels + pixel] = (255 * value) / peak;
    }
  }
  return { bytes, height, width, depth, peak };
}

// A message to itself lets the thread receive newer drawings.
const channel = new MessageChannel();
let resume = () => {};
channel.port1.onmessage = () => resume();

async function isOutdated() {
  await new Promise((resolve) => {
    resume = () => resolve(undefined);
    channel.port2.postMessage(null);
  });
  return newest !== null;
}

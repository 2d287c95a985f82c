// @ts-check
// The networks of a digit model, from the weights that GET /v1/layers returns.

import { Convolution, Flatten, Linear, MaxPool, Relu, Summary, vector } from "./layers.js";
import { decodeWeights } from "./weights.js";

/** @typedef {import("./layers.js").Layer} Layer */
/** @typedef {import("./layers.js").Maps} Maps */
/** @typedef {import("./weights.js").EncodedWeights} EncodedWeights */

/** @typedef {{kind: string, padding: number, weight: EncodedWeights, bias: EncodedWeights}} EncodedLayer */
/** @typedef {{input_scale: number, temperature: number, layers: EncodedLayer[]}} NetworkDescription */

/**
 * The response of GET /v1/layers.
 * @typedef {object} ModelDescription
 * @property {[number, number]} image_shape
 * @property {string} classes
 * @property {NetworkDescription[]} networks
 */

/**
 * @typedef {object} Run
 * @property {Maps[]} values the input of each layer, then the output of the last
 * @property {Float64Array} probabilities
 */

/** @typedef {{runs: Run[], probabilities: Float64Array}} State */

const MIN_PROBABILITY = 1e-30; // avoids infinite derivatives of its logarithm

/** One network: a chain of layers, then softmax. */
export class Network {
  /** @param {NetworkDescription} description */
  constructor({ input_scale: inputScale, temperature, layers }) {
    this.inputScale = inputScale;
    this.temperature = temperature;
    this.layers = layers.map(toLayer);
  }

  /**
   * Run the network.
   * @param {Uint8Array} image side * side pixels, ink bright
   * @param {number} side
   * @returns {Run}
   */
  forward(image, side) {
    const data = Float32Array.from(image, (value) => value * this.inputScale);
    /** @type {Maps} */
    let last = { data, height: side, width: side, depth: 1 };
    const values = [last];
    for (const layer of this.layers) values.push((last = layer.forward(last)));
    return { values, probabilities: softmax(last.data, this.temperature) };
  }

  /**
   * Return the gradient of a sum of the outputs, with some weights, for the pixels.
   * @param {Maps[]} values
   * @param {Float32Array} outputWeights
   */
  backward(values, outputWeights) {
    let gradient = vector(outputWeights);
    for (let i = this.layers.length - 1; i >= 0; i -= 1) {
      gradient = this.layers[i].backward(gradient, values[i]);
    }
    return gradient.data.map((value) => value * this.inputScale);
  }
}

/** A digit model: the mean of one or more networks. */
export class Ensemble {
  /** @param {ModelDescription} description */
  constructor({ image_shape: [side], networks }) {
    this.side = side;
    this.networks = networks.map((each) => new Network(each));
  }

  /**
   * Run all networks; return their runs and the mean of their probabilities.
   * @param {Uint8Array} image
   * @returns {State}
   */
  forward(image) {
    const runs = this.networks.map((network) => network.forward(image, this.side));
    return { runs, probabilities: mean(runs.map(({ probabilities }) => probabilities)) };
  }

  /**
   * Return the gradient, for the pixels, of the log-odds of one class against another.
   * @param {State} state
   * @param {number} answer
   * @param {number} other
   */
  contrast(state, answer, other) {
    return this.#gradient(state, (p, label) => {
      if (label === answer) return 1 / Math.max(p, MIN_PROBABILITY);
      return label === other ? -1 / Math.max(p, MIN_PROBABILITY) : 0;
    });
  }

  /**
   * Return the gradient, for the pixels, of the log-odds against a class.
   * @param {State} state
   * @param {number} target
   */
  gradientAgainst(state, target) {
    const odds = (/** @type {number} */ p) => -1 / Math.max(p * (1 - p), MIN_PROBABILITY);
    return this.#gradient(state, (p, label) => (label === target ? odds(p) : 0));
  }

  /**
   * Return the gradient of a function of the mean probabilities, given its derivatives.
   * @param {State} state
   * @param {(p: number, label: number) => number} derivative
   * @returns {Float32Array}
   */
  #gradient({ runs, probabilities }, derivative) {
    const weights = probabilities.map(derivative);
    const gradients = runs.map(({ values, probabilities: own }, i) => {
      const network = this.networks[i];
      const expected = own.reduce((sum, p, label) => sum + p * weights[label], 0);
      const factor = 1 / (runs.length * network.temperature);
      return network.backward(
        values,
        Float32Array.from(own, (p, label) => factor * p * (weights[label] - expected)),
      );
    });
    return gradients.reduce((sum, each) => sum.map((value, i) => value + each[i]));
  }
}

/**
 * @param {EncodedLayer} description
 * @returns {Layer}
 */
function toLayer({ kind, padding, weight, bias }) {
  if (kind === "convolution") {
    return new Convolution(decodeWeights(weight), decodeWeights(bias), padding);
  }
  if (kind === "linear") return new Linear(decodeWeights(weight), decodeWeights(bias));
  /** @type {Record<string, new () => Layer>} */
  const layers = { relu: Relu, max_pool: MaxPool, summary: Summary, flatten: Flatten };
  return new layers[kind]();
}

/**
 * @param {Float32Array} outputs
 * @param {number} temperature
 */
function softmax(outputs, temperature) {
  const highest = Math.max(...outputs);
  const powers = Float64Array.from(outputs, (value) => Math.exp((value - highest) / temperature));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((value) => value / sum);
}

/** @param {Float64Array[]} vectors */
function mean(vectors) {
  return vectors[0].map((_, i) => vectors.reduce((sum, each) => sum + each[i], 0) / vectors.length);
}

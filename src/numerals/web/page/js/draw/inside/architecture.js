// @ts-check
// Facts about the layers of a network, for the page.

/** @typedef {import("./weights.js").Weights} Weights */
/** @typedef {{kind: string, padding?: number, weight?: Weights}} LayerDescription */

/**
 * One convolution, with the pooling before it.
 * @typedef {object} Stage
 * @property {Weights} weight of shape [maps, inputs, side, side]
 * @property {number} nMaps
 * @property {number} nInputs number of maps of the stage before it
 * @property {number} side height and width of a filter
 * @property {boolean} isPooled whether the maps before it are pooled
 * @property {{size: number, step: number, start: number}} field a map's pixel i sees pixels of the
 *   model's input from start + i * step on, size of them
 */

/**
 * Return the stages of a network.
 * @param {LayerDescription[]} layers
 * @returns {Stage[]}
 */
export function describeStages(layers) {
  /** @type {Stage[]} */
  const stages = [];
  let [size, step, start] = [1, 1, 0];
  let isPooled = false;
  for (const { kind, padding = 0, weight } of layers) {
    if (kind === "max_pool") {
      size += step;
      step *= 2;
      isPooled = true;
    } else if (kind === "convolution" && weight) {
      const [nMaps, nInputs, side] = weight.shape;
      size += (side - 1) * step;
      start -= padding * step;
      stages.push({ weight, nMaps, nInputs, side, isPooled, field: { size, step, start } });
      isPooled = false;
    }
  }
  return stages;
}

/**
 * Return the weights of one filter of a stage for one of its inputs.
 * @param {Stage} stage
 * @param {number} map
 * @param {number} input
 */
export function filterOf({ weight, nInputs, side }, map, input) {
  const start = (map * nInputs + input) * side * side;
  return weight.values.subarray(start, start + side * side);
}

/**
 * Return the inputs with the greatest sums of absolute weights in a filter, greatest first.
 * @param {Stage} stage
 * @param {number} map
 * @param {number} count
 */
export function strongestInputs(stage, map, count) {
  const sums = Array.from({ length: stage.nInputs }, (_, input) =>
    filterOf(stage, map, input).reduce((sum, weight) => sum + Math.abs(weight), 0),
  );
  return [...sums.keys()].sort((a, b) => sums[b] - sums[a]).slice(0, count);
}

/**
 * Return the number of weights of a model, from the description of the service.
 * @param {import("./network.js").ModelDescription} model
 */
export function countParameters({ networks }) {
  const sizes = networks.flatMap(({ layers }) =>
    layers.flatMap(({ weight, bias }) =>
      weight && bias ? [weight, bias].map(({ shape }) => shape.reduce((a, b) => a * b)) : [],
    ),
  );
  return sizes.reduce((a, b) => a + b, 0);
}

/**
 * Return how a map of the last stage adds to the output of each class, if the network sums up each
 * map by its maximum and its mean before one linear layer; otherwise null.
 * @param {LayerDescription[]} layers
 * @param {Float32Array} summary
 * @param {number} nMaps
 * @param {number} map
 */
export function contributionsOf(layers, summary, nMaps, map) {
  const last = layers.at(-1);
  if (layers.at(-2)?.kind !== "summary" || last?.kind !== "linear" || !last.weight) return null;
  const [nOutputs, nInputs] = last.weight.shape;
  const { values } = last.weight;
  return Array.from(
    { length: nOutputs },
    (_, row) =>
      values[row * nInputs + map] * summary[map] +
      values[row * nInputs + nMaps + map] * summary[nMaps + map],
  );
}

// Facts about the layers of a network, for the page.

/**
 * @typedef {object} Stage one convolution, with the pooling before it
 * @property weight   {shape: [maps, inputs, side, side], values}
 * @property nMaps    number of maps
 * @property nInputs  number of maps of the stage before it
 * @property side     height and width of a filter
 * @property isPooled whether the maps before it are pooled
 * @property field    {size, step, start}: a map's pixel i sees pixels of the model's input from
 *                    start + i * step on, size of them
 */

/** Return the stages of a network. @param layers {kind, padding, weight} of each layer */
export function describeStages(layers) {
  const stages = [];
  let [size, step, start, isPooled] = [1, 1, 0, false];
  for (const { kind, padding, weight } of layers) {
    if (kind === "max_pool") {
      size += step;
      step *= 2;
      isPooled = true;
    } else if (kind === "convolution") {
      const [nMaps, nInputs, side] = weight.shape;
      size += (side - 1) * step;
      start -= padding * step;
      stages.push({ weight, nMaps, nInputs, side, isPooled, field: { size, step, start } });
      isPooled = false;
    }
  }
  return stages;
}

/** Return the weights of one filter of a stage for one of its inputs. */
export function filterOf({ weight, nInputs, side }, map, input) {
  const start = (map * nInputs + input) * side * side;
  return weight.values.subarray(start, start + side * side);
}

/** Return the inputs with the greatest sums of absolute weights in a filter, greatest first. */
export function strongestInputs(stage, map, count) {
  const sums = Array.from({ length: stage.nInputs }, (_, input) =>
    filterOf(stage, map, input).reduce((sum, weight) => sum + Math.abs(weight), 0),
  );
  return [...sums.keys()].sort((a, b) => sums[b] - sums[a]).slice(0, count);
}

/** Return the number of weights of a model, from the description of the service. */
export function countParameters({ networks }) {
  const sizes = networks.flatMap(({ layers }) =>
    layers.flatMap(({ weight, bias }) =>
      weight ? [weight, bias].map(({ shape }) => shape.reduce((a, b) => a * b)) : [],
    ),
  );
  return sizes.reduce((a, b) => a + b, 0);
}

/**
 * Return how a map of the last stage adds to the output of each class, if the network sums up each
 * map by its maximum and its mean before one linear layer; otherwise null.
 */
export function contributionsOf(layers, summary, nMaps, map) {
  const last = layers.at(-1);
  if (layers.at(-2)?.kind !== "summary" || last.kind !== "linear") return null;
  const [nOutputs, nInputs] = last.weight.shape;
  const { values } = last.weight;
  return Array.from(
    { length: nOutputs },
    (_, row) =>
      values[row * nInputs + map] * summary[map] +
      values[row * nInputs + nMaps + map] * summary[nMaps + map],
  );
}

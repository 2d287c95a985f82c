// @ts-check
// The layers of a convolutional network, forwards and backwards. Maps are stored pixel by pixel: the
// values of all maps at one pixel are neighbours in memory, {data, height, width, depth}.

/** @typedef {{data: Float32Array, height: number, width: number, depth: number}} Maps */
/** @typedef {import("./weights.js").Weights} Weights */
/** @typedef {(to: number, from: number) => void} Visit index of a result, index of its origin */

/**
 * A layer: its output for some maps, and the gradient for its input.
 * @typedef {object} Layer
 * @property {string} kind
 * @property {number} [padding]
 * @property {Weights} [weight]
 * @property {(maps: Maps) => Maps} forward
 * @property {(gradient: Maps, maps: Maps) => Maps} backward
 */

/**
 * @typedef {object} Filters
 * @property {Float32Array} weights as `arrange` returns them
 * @property {Float32Array} bias
 * @property {number} nMaps
 * @property {number} side
 * @property {number} padding
 */

/**
 * Return maps of one pixel, which is how vectors are stored.
 * @param {Float32Array} data
 * @returns {Maps}
 */
export const vector = (data) => ({ data, height: 1, width: 1, depth: data.length });

/**
 * Weights of a convolution, rearranged so that the inner loop computes four maps at once.
 * @param {number} nMaps
 * @param {number} nInputs
 * @param {number} side
 * @param {(map: number, input: number, y: number, x: number) => number} at returns a weight
 */
function arrange(nMaps, nInputs, side, at) {
  const groups = Math.ceil(nMaps / 4);
  const weights = new Float32Array(groups * side * side * nInputs * 4);
  let position = 0;
  for (let group = 0; group < groups; group += 1) {
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) {
        for (let input = 0; input < nInputs; input += 1) {
          for (let map = 4 * group; map < 4 * group + 4; map += 1) {
            weights[position] = map < nMaps ? at(map, input, y, x) : 0;
            position += 1;
          }
        }
      }
    }
  }
  return weights;
}

/**
 * Convolve maps. Zeros, which are most values after a ReLU, are skipped.
 * @param {Maps} maps
 * @param {Filters} filters
 * @returns {Maps}
 */
function convolve(maps, { weights, bias, nMaps, side, padding }) {
  const { data, height, width, depth } = maps;
  const outHeight = height + 2 * padding - side + 1;
  const outWidth = width + 2 * padding - side + 1;
  const nWeights = side * side * depth;
  const out = new Float32Array(outHeight * outWidth * nMaps);
  const offsets = new Int32Array(nWeights); // of the weights for the inputs that are not zero
  const values = new Float32Array(nWeights); // those inputs
  for (let y = 0; y < outHeight; y += 1) {
    for (let x = 0; x < outWidth; x += 1) {
      let count = 0;
      for (let dy = Math.max(0, padding - y); dy < Math.min(side, height + padding - y); dy += 1) {
        for (let dx = Math.max(0, padding - x); dx < Math.min(side, width + padding - x); dx += 1) {
          const from = ((y + dy - padding) * width + x + dx - padding) * depth;
          const first = (dy * side + dx) * depth;
          for (let input = 0; input < depth; input += 1) {
            const value = data[from + input];
            if (value !== 0) {
              offsets[count] = 4 * (first + input);
              values[count] = value;
              count += 1;
            }
          }
        }
      }
      const to = (y * outWidth + x) * nMaps;
      for (let map = 0; map < nMaps; map += 4) {
        const base = map * nWeights;
        let [a, b, c, d] = [0, 0, 0, 0];
        for (let i = 0; i < count; i += 1) {
          const at = base + offsets[i];
          const value = values[i];
          a += value * weights[at];
          b += value * weights[at + 1];
          c += value * weights[at + 2];
          d += value * weights[at + 3];
        }
        out[to + map] = a + bias[map];
        if (map + 3 < nMaps) {
          out[to + map + 1] = b + bias[map + 1];
          out[to + map + 2] = c + bias[map + 2];
          out[to + map + 3] = d + bias[map + 3];
        } else {
          if (map + 1 < nMaps) out[to + map + 1] = b + bias[map + 1];
          if (map + 2 < nMaps) out[to + map + 2] = c + bias[map + 2];
        }
      }
    }
  }
  return { data: out, height: outHeight, width: outWidth, depth: nMaps };
}

/** Every filter slides over the maps; its sums with them are a new map. */
export class Convolution {
  kind = "convolution";

  /**
   * @param {Weights} weight of shape [maps, inputs, side, side]
   * @param {Weights} bias
   * @param {number} padding
   */
  constructor(weight, bias, padding) {
    const [nMaps, nInputs, side] = weight.shape;
    this.nMaps = nMaps;
    this.nInputs = nInputs;
    this.side = side;
    this.padding = padding;
    this.weight = weight;
    this.bias = bias;
    const weights = arrange(nMaps, nInputs, side, this.weightAt.bind(this));
    /** @type {Filters} */
    this.forwards = { weights, bias: bias.values, nMaps, side, padding };
    // The gradient of a convolution is a convolution with the turned filters.
    const last = side - 1;
    /** @type {typeof this.weightAt} */
    const turned = (input, map, y, x) => this.weightAt(map, input, last - y, last - x);
    /** @type {Filters} */
    this.backwards = {
      weights: arrange(nInputs, nMaps, side, turned),
      bias: new Float32Array(nInputs),
      nMaps: nInputs,
      side,
      padding: last - padding,
    };
  }

  /**
   * @param {number} map
   * @param {number} input
   * @param {number} y
   * @param {number} x
   */
  weightAt(map, input, y, x) {
    return this.weight.values[((map * this.nInputs + input) * this.side + y) * this.side + x];
  }

  /** @param {Maps} maps */
  forward(maps) {
    return convolve(maps, this.forwards);
  }

  /** @param {Maps} gradient */
  backward(gradient) {
    return convolve(gradient, this.backwards);
  }
}

/** Negative values become zero. */
export class Relu {
  kind = "relu";

  /** @param {Maps} maps */
  forward(maps) {
    return { ...maps, data: maps.data.map((value) => Math.max(value, 0)) };
  }

  /**
   * @param {Maps} gradient
   * @param {Maps} maps
   */
  backward(gradient, maps) {
    const data = gradient.data.map((value, i) => (maps.data[i] > 0 ? value : 0));
    return { ...gradient, data };
  }
}

/** The maximum of each 2 by 2 pixels. */
export class MaxPool {
  kind = "max_pool";

  /** @param {Maps} maps */
  forward(maps) {
    const { height, width, depth } = maps;
    const [halfHeight, halfWidth] = [height >> 1, width >> 1];
    const data = new Float32Array(halfHeight * halfWidth * depth);
    this.#forEach(maps, (to, from) => (data[to] = maps.data[from]));
    return { data, height: halfHeight, width: halfWidth, depth };
  }

  /**
   * @param {Maps} gradient
   * @param {Maps} maps
   */
  backward(gradient, maps) {
    const data = new Float32Array(maps.data.length);
    this.#forEach(maps, (to, from) => (data[from] = gradient.data[to]));
    return { ...maps, data };
  }

  /**
   * Call a function (index of the pooled value, index of the maximum) for each pooled value.
   * @param {Maps} maps
   * @param {Visit} visit
   */
  #forEach({ data, height, width, depth }, visit) {
    let to = 0;
    for (let y = 0; y + 1 < height; y += 2) {
      for (let x = 0; x + 1 < width; x += 2) {
        for (let map = 0; map < depth; map += 1) {
          let from = (y * width + x) * depth + map;
          const below = from + width * depth;
          if (data[from + depth] > data[from]) from += depth;
          if (data[below] > data[from]) from = below;
          if (data[below + depth] > data[from]) from = below + depth;
          visit(to, from);
          to += 1;
        }
      }
    }
  }
}

/** The maximum of each map, then the mean of each map. */
export class Summary {
  kind = "summary";

  /** @param {Maps} maps */
  forward({ data, height, width, depth }) {
    const out = new Float32Array(2 * depth).fill(-Infinity, 0, depth);
    data.forEach((value, i) => {
      const map = i % depth;
      out[map] = Math.max(out[map], value);
      out[depth + map] += value / (height * width);
    });
    return vector(out);
  }

  /**
   * @param {Maps} gradient
   * @param {Maps} maps
   */
  backward(gradient, maps) {
    const { height, width, depth } = maps;
    const mean = (/** @type {number} */ i) => gradient.data[depth + (i % depth)] / (height * width);
    const data = maps.data.map((_, i) => mean(i));
    const peaks = new Int32Array(depth).map((_, map) => map);
    maps.data.forEach((value, i) => {
      if (value > maps.data[peaks[i % depth]]) peaks[i % depth] = i;
    });
    peaks.forEach((at, map) => (data[at] += gradient.data[map]));
    return { ...maps, data };
  }
}

/** All values, map by map. */
export class Flatten {
  kind = "flatten";

  /** @param {Maps} maps */
  forward(maps) {
    const data = new Float32Array(maps.data.length);
    this.#forEach(maps, (to, from) => (data[to] = maps.data[from]));
    return vector(data);
  }

  /**
   * @param {Maps} gradient
   * @param {Maps} maps
   */
  backward(gradient, maps) {
    const data = new Float32Array(maps.data.length);
    this.#forEach(maps, (to, from) => (data[from] = gradient.data[to]));
    return { ...maps, data };
  }

  /**
   * @param {Maps} maps
   * @param {Visit} visit
   */
  #forEach({ data, depth }, visit) {
    const nPixels = data.length / depth;
    for (let i = 0; i < data.length; i += 1) visit((i % depth) * nPixels + ((i / depth) | 0), i);
  }
}

/** Weighted sums of all values. */
export class Linear {
  kind = "linear";

  /**
   * @param {Weights} weight of shape [outputs, inputs]
   * @param {Weights} bias
   */
  constructor(weight, bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /** @param {Maps} maps */
  forward({ data }) {
    const [nOutputs, nInputs] = this.weight.shape;
    const { values } = this.weight;
    const out = Float32Array.from(this.bias.values);
    for (let row = 0; row < nOutputs; row += 1) {
      for (let i = 0; i < nInputs; i += 1) out[row] += values[row * nInputs + i] * data[i];
    }
    return vector(out);
  }

  /** @param {Maps} gradient */
  backward(gradient) {
    const [nOutputs, nInputs] = this.weight.shape;
    const { values } = this.weight;
    const out = new Float32Array(nInputs);
    for (let row = 0; row < nOutputs; row += 1) {
      const factor = gradient.data[row];
      for (let i = 0; i < nInputs; i += 1) out[i] += factor * values[row * nInputs + i];
    }
    return vector(out);
  }
}

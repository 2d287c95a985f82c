// @ts-check
// All maps of a layer on one canvas. The pointer or the arrow keys select one of them.

import { context2d, h } from "../../dom.js";

const gapFor = (/** @type {number} */ side) => (side < 10 ? 1 : 2); // map pixels between maps

export class MapGrid {
  /**
   * @param {string} name accessible, such as "Maps of layer 1"
   * @param {number} count of maps
   * @param {(index: number) => void} onselect
   */
  constructor(name, count, onselect) {
    this.count = count;
    this.onselect = onselect;
    this.columns = 16;
    this.side = 1;
    this.selected = 0;
    this.picture = new ImageData(1, 1);
    this.pixels = new Uint32Array(this.picture.data.buffer);
    // A slider, because screen readers announce its value when the user changes it, and only then.
    this.canvas = h("canvas", {
      class: "pixels map-grid",
      role: "slider",
      tabindex: 0,
      "aria-label": name,
      "aria-valuemin": 1,
      "aria-valuemax": count,
    });
    this.marker = h("span", { class: "map-marker", hidden: true });
    this.element = h("div", { class: "map-frame" }, this.canvas, this.marker);
    this.canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.canvas.addEventListener("pointerdown", (event) => this.#point(event));
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    this.canvas.addEventListener("focus", () => {
      if (this.canvas.matches(":focus-visible")) this.onselect(this.selected);
    });
    this.#announce();
  }

  /**
   * @param {import("./detail.js").ByteMaps} maps
   * @param {import("./pixels.js").Palette} palette
   * @param {number} columns
   */
  paint({ bytes, height, width }, { bright }, columns) {
    const rows = Math.ceil(this.count / columns);
    const gap = gapFor(height);
    const [pitchX, pitchY] = [width + gap, height + gap];
    const canvasWidth = columns * pitchX - gap;
    const { canvas } = this;
    if (canvas.width !== canvasWidth || this.side !== height) {
      [canvas.width, canvas.height] = [canvasWidth, rows * pitchY - gap];
      Object.assign(this, { columns, side: height });
      this.picture = context2d(canvas).createImageData(canvas.width, canvas.height);
      this.pixels = new Uint32Array(this.picture.data.buffer);
      this.#placeMarker();
    }
    let from = 0;
    for (let map = 0; map < this.count; map += 1) {
      const corner = Math.floor(map / columns) * pitchY * canvasWidth + (map % columns) * pitchX;
      for (let y = 0; y < height; y += 1) {
        const start = corner + y * canvasWidth;
        for (let x = 0; x < width; x += 1) {
          this.pixels[start + x] = bright[bytes[from]];
          from += 1;
        }
      }
    }
    context2d(canvas).putImageData(this.picture, 0, 0);
  }

  /**
   * Mark a map as selected, or none with -1.
   * @param {number} index
   */
  mark(index) {
    this.marker.hidden = index < 0;
    if (index < 0) return;
    this.selected = index;
    this.#announce();
    this.#placeMarker();
  }

  #announce() {
    this.canvas.setAttribute("aria-valuenow", String(this.selected + 1));
    this.canvas.setAttribute("aria-valuetext", `${this.selected + 1} of ${this.count}`);
  }

  #placeMarker() {
    const { canvas, columns, marker, selected, side } = this;
    const pitch = side + gapFor(side);
    const share = (/** @type {number} */ value, /** @type {number} */ length) => `${((100 * value) / length).toFixed(3)}%`;
    marker.style.left = share((selected % columns) * pitch, canvas.width);
    marker.style.top = share(Math.floor(selected / columns) * pitch, canvas.height);
    marker.style.width = share(side, canvas.width);
    marker.style.height = share(side, canvas.height);
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / width / (this.side + gapFor(this.side));
    const column = Math.floor((event.clientX - left) * scale);
    const row = Math.floor((event.clientY - top) * scale);
    const index = row * this.columns + column;
    const isMap = column >= 0 && column < this.columns && index >= 0 && index < this.count;
    if (isMap && (event.type === "pointerdown" || event.pointerType === "mouse")) {
      this.onselect(index);
    }
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    /** @type {Record<string, number>} */
    const steps = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: this.columns,
      ArrowUp: -this.columns,
      Home: -this.selected,
      End: this.count - 1 - this.selected,
    };
    const index = this.selected + steps[event.key];
    if (!(index >= 0 && index < this.count)) return;
    event.preventDefault();
    this.onselect(index);
  }
}

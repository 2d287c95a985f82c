// @ts-check
// A grid of crops, some of which the user picks.

import { showPicture } from "../batch/pictures.js";
import { addRovingFocus, h, setTabStop } from "../dom.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */

export class CropGrid {
  /**
   * @param {string} label
   * @param {string} picked what a picked crop is, such as "not 17"
   * @param {() => void} onchange
   * @param {() => void} [onfocus] called when another crop has the focus
   */
  constructor(label, picked, onchange, onfocus = () => {}) {
    this.element = h("div", { class: "crop-grid", role: "group", "aria-label": label });
    this.picked = picked;
    this.onchange = onchange;
    /** @type {Map<HTMLButtonElement, CheckItem>} */
    this.items = new Map();
    /** @type {CheckItem | null} */
    this.current = null; // the one with the focus, or that had it last
    this.onfocus = onfocus;
    addRovingFocus(this.element);
  }

  /** @param {CheckItem[]} items @param {string} label @param {string} picked */
  show(items, label, picked) {
    this.picked = picked;
    this.element.setAttribute("aria-label", label);
    this.items.clear();
    this.current = items[0] ?? null;
    for (const item of items) this.items.set(this.#makeTile(item), item);
    const tiles = [...this.items.keys()];
    this.element.replaceChildren(...tiles);
    setTabStop(tiles, tiles[0]);
  }

  focus() {
    const [first] = this.items.keys();
    first?.focus({ preventScroll: true });
  }

  /** @param {CheckItem} item */
  #makeTile(item) {
    const image = h("img", { alt: "" });
    showPicture(image, item.crop);
    const at = this.items.size + 1;
    const tile = h(
      "button",
      { type: "button", class: "crop-tile", "aria-pressed": "false" },
      image,
      h("span", { class: "crop-mark" }, this.picked),
    );
    tile.setAttribute("aria-label", `Picture ${at}: ${this.picked}`);
    tile.addEventListener("focus", () => {
      this.current = item;
      this.onfocus();
    });
    tile.addEventListener("click", () => {
      const isPicked = tile.getAttribute("aria-pressed") !== "true";
      tile.setAttribute("aria-pressed", String(isPicked));
      this.onchange();
    });
    return tile;
  }

  /** @param {boolean} arePicked */
  itemsThat(arePicked) {
    return [...this.items]
      .filter(([tile]) => (tile.getAttribute("aria-pressed") === "true") === arePicked)
      .map(([, item]) => item);
  }
}

// @ts-check
// What would change the answer: where ink or erasing speaks for another class, and a few strokes with
// which the network answers it.

import { percent } from "../../confidence.js";
import { fillSelect, h, setText } from "../../dom.js";
import { MAX_STROKES } from "./changes.js";
import { paintPixels, pixelCanvas } from "./pixels.js";

/** @typedef {import("./pixels.js").Palette} Palette */
/** @typedef {{image: Uint8Array, contrast: Float32Array, answer: number, other: number}} Contrast */
/** @typedef {import("./changes.js").Change & {other: number}} ShownChange */

export class ChangeView {
  /**
   * @param {string[]} classes
   * @param {number} side
   * @param {() => void} onchoose called after a choice
   */
  constructor(classes, side, onchoose) {
    this.classes = classes;
    this.side = side;
    this.choice = h("select", { onchange: onchoose });
    fillSelect(this.choice, [
      ["", "the second choice"],
      ...classes.map((name, label) => /** @type {[string, string]} */ ([String(label), name])),
    ]);
    this.effects = pixelCanvas("Where ink or erasing speaks for another class");
    this.effectsCaption = h("figcaption", {});
    this.result = pixelCanvas("The drawing with strokes that change the answer");
    this.resultCaption = h("figcaption", {});
    this.resultFigure = h("figure", {}, this.result, this.resultCaption);
    this.element = h(
      "section",
      { class: "stage" },
      h(
        "div",
        { class: "stage-text" },
        h("h3", {}, "What would change the answer"),
        h(
          "p",
          { class: "small" },
          "Left: what a short stroke of a pen or an eraser would do at each place, from the " +
            "derivatives of the scores. Right: after each of your strokes, the page tries such " +
            "strokes, the most promising first, until the network answers another digit.",
        ),
        h("label", { class: "inline" }, "Turn it into ", this.choice),
      ),
      h(
        "div",
        { class: "change-figures" },
        h("figure", {}, this.effects, this.effectsCaption),
        this.resultFigure,
      ),
    );
  }

  /** Index of the chosen class, or null for the second choice. */
  get target() {
    return this.choice.value === "" ? null : Number(this.choice.value);
  }

  /**
   * Show the effects of strokes.
   * @param {Contrast} contrast
   * @param {Palette} palette
   */
  showContrast({ image, contrast, answer, other }, palette) {
    const peak = contrast.reduce((highest, value) => Math.max(highest, Math.abs(value)), 1e-9);
    paintPixels(this.effects, this.side, this.side, (at) => {
      const share = (contrast[at] * Math.abs(contrast[at])) / peak ** 2; // stresses the strongest
      // Strong ink hides weak effects, so that the digit stays visible.
      return Math.abs(share) > 0.25 || image[at] < 80
        ? palette.signed(share)
        : palette.ink[Math.round(image[at] / 3)];
    });
    setText(
      this.effectsCaption,
      `${this.#name(other)} instead of ${this.#name(answer)}: ink helps where it is blue, erasing ` +
        "where it is orange.",
    );
  }

  /**
   * Show the search's result.
   * @param {{image: Uint8Array, change: ShownChange}} result with the original image
   * @param {Palette} palette
   */
  showChange({ image, change }, palette) {
    paintPixels(this.result, this.side, this.side, (at) => {
      const difference = change.image[at] - image[at];
      if (Math.abs(difference) > 20) return palette.signed(difference / 255);
      return palette.ink[change.image[at]];
    });
    this.resultFigure.classList.remove("outdated");
    const { nStrokes, isChanged, probabilities, other } = change;
    const strokes = nStrokes === 1 ? "1 stroke" : `${nStrokes} strokes`;
    const name = this.#name(other);
    setText(
      this.resultCaption,
      isChanged
        ? `With ${strokes}, the network answers ${name} (${percent(probabilities[other])}).`
        : `No ${name} with up to ${MAX_STROKES} strokes: ${percent(probabilities[other])}.`,
    );
  }

  /** Say that the shown result is of an earlier drawing. */
  markOutdated() {
    this.resultFigure.classList.add("outdated");
  }

  /** @param {number} label */
  #name(label) {
    return this.classes[label] ?? "“no digit”";
  }
}

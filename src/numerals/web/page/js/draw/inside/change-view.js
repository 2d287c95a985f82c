// What would change the answer: where ink or erasing speaks for another class, and a few strokes with
// which the network answers it.

import { percent } from "../../confidence.js";
import { fillSelect, h, setText } from "../../dom.js";
import { MAX_STROKES } from "./changes.js";
import { paintPixels, pixelCanvas } from "./pixels.js";

export class ChangeView {
  /** @param classes names of the classes, @param onchoose function called after a choice */
  constructor(classes, side, onchoose) {
    Object.assign(this, { classes, side });
    this.choice = h("select", { onchange: onchoose });
    fillSelect(this.choice, [
      ["", "the second choice"],
      ...classes.map((name, label) => [String(label), name]),
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

  /** Show the effects of strokes, {image, contrast, answer, other}. */
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

  /** Show the search's result, {image: original, change}. */
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

  #name(label) {
    return this.classes[label] ?? "“no digit”";
  }
}

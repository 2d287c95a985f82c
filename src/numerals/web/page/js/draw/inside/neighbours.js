// @ts-check
// The training digits nearest to the drawing, from the service.

import { call } from "../../api.js";
import { h } from "../../dom.js";
import { sendLatest } from "../../latest-request.js";
import { neighbourItem } from "../explanation.js";
import { toRows } from "../raster.js";
import { SIDE } from "./model-input.js";

const COUNT = 8;
const INTERVAL = 500; // ms between requests

export class Neighbours {
  constructor() {
    this.isAvailable = false;
    this.list = h("ul", { class: "digit-grid large", "aria-label": "Nearest training digits" });
    this.note = h("p", { class: "small" });
    this.timer = 0;
    /** @type {{image: Uint8Array, script: string} | null} */
    this.next = null;
    this.element = h(
      "section",
      { class: "stage" },
      h(
        "div",
        { class: "stage-text" },
        h("h3", {}, "Nearest training digits"),
        h(
          "p",
          { class: "small" },
          "The digits of the data set whose pixels are most similar to the input (cosine), with " +
            "their labels. The network has learned from such digits; it does not look them up.",
        ),
      ),
      this.note,
      this.list,
    );
    this.requests = sendLatest(
      (/** @type {{image: Uint8Array, script: string}} */ { image, script }) =>
        call("v1/similar", {
          json: { image: toRows(image, SIDE) },
          query: { script, k: COUNT },
        }),
      ({ neighbours }) => {
        this.note.textContent = "";
        this.list.replaceChildren(...neighbours.map(neighbourItem));
      },
      ({ message }) => {
        this.note.textContent = message;
        this.list.replaceChildren();
      },
    );
  }

  /**
   * Say why there are no neighbours for the script.
   * @param {string} note empty if there are some
   */
  setNote(note) {
    this.isAvailable = !note;
    this.note.textContent = note;
    this.list.replaceChildren();
  }

  /**
   * Show the neighbours of an image, at most every `INTERVAL`.
   * @param {Uint8Array} image
   * @param {string} script
   */
  follow(image, script) {
    if (!this.isAvailable) return;
    this.next = { image, script };
    if (!this.list.children.length && !this.note.textContent) this.note.textContent = "Searching …";
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      if (this.next) this.requests.submit(this.next);
    }, INTERVAL);
  }

  /** Stop following. */
  clear() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.requests.cancel();
    this.list.replaceChildren();
  }
}

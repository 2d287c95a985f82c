// @ts-check
// Inside the network: the layers of the model that reads the drawing, while the user draws. The model
// runs in a thread of the browser, with the weights of the service.

import { call } from "../../api.js";
import { $, h, input } from "../../dom.js";
import { runWithNotice } from "../../notices.js";
import { rememberControl } from "../../settings.js";
import { renderDigitPixels } from "../raster.js";
import { countParameters } from "./architecture.js";
import { ChangeView } from "./change-view.js";
import { toModelInput } from "./model-input.js";
import { Neighbours } from "./neighbours.js";
import { Pace } from "./pace.js";
import { makePalette } from "./pixels.js";
import { Stages } from "./stages.js";

/**
 * @typedef {import("../strokes.js").Stroke} Stroke
 * @typedef {import("./architecture.js").LayerDescription} LayerDescription
 * @typedef {import("./network.js").ModelDescription & {name: string, version: string, neighbours_note: string}} Model
 */

/**
 * The latest messages of the thread.
 * @typedef {object} Messages
 * @property {import("./detail.js").ShownRun} [maps]
 * @property {import("./change-view.js").Contrast} [contrast]
 * @property {{image: Uint8Array, change: import("./change-view.js").ShownChange}} [change]
 */

/** @typedef {{model: Model, worker: Worker, networks: LayerDescription[][] | null}} Loaded */
/** @typedef {{stages: Stages, change: ChangeView}} Parts */

const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");
const DARK = matchMedia("(prefers-color-scheme: dark)");
const BODY_TEXT = "Draw a digit to see what each layer computes.";

export class InsidePanel {
  /** @param {() => string} getScript returns the script of the drawing */
  constructor(getScript) {
    this.getScript = getScript;
    this.toggle = $("#inside-toggle");
    this.element = $("#inside");
    this.body = $("#inside-body");
    /** @type {{strokes: Stroke[], isComplete: boolean} | null} */
    this.drawing = null;
    /** @type {{strokes: Stroke[], isComplete: boolean} | null} */
    this.sent = null; // the drawing that the thread got last
    /** @type {Messages} */
    this.latest = {};
    /** @type {Set<string>} */
    this.unpainted = new Set(); // kinds of messages
    /** @type {Loaded | null} */
    this.loaded = null;
    /** @type {Parts | null} */
    this.parts = null; // of the shown network
    this.palette = makePalette();
    this.frame = 0;
    this.shown = 0; // index of the shown network
    this.pace = new Pace();
    this.neighbours = new Neighbours();
    rememberControl(input("#inside-explain"), "inside-explain");
    this.toggle.addEventListener("click", () => this.#open(this.element.hidden));
    DARK.addEventListener("change", () => this.#recolor());
  }

  /**
   * Show a drawing.
   * @param {Stroke[]} strokes
   * @param {boolean} isComplete false during a stroke
   */
  follow(strokes, isComplete) {
    this.drawing = { strokes, isComplete };
    if (!isComplete && REDUCED_MOTION.matches) return;
    this.#schedule();
  }

  /** Show that there is no drawing. */
  clear() {
    this.drawing = null;
    this.neighbours.clear();
    if (!this.element.hidden) this.#showEmpty();
  }

  /** Load the model of another script. */
  reload() {
    this.#stop();
    if (!this.element.hidden) this.#load();
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    this.element.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    $("#draw").classList.toggle("is-inside", isOpen);
    if (!isOpen) this.neighbours.clear();
    else if (this.loaded) this.#resend();
    else this.#load();
  }

  async #load() {
    const script = this.getScript();
    this.body.replaceChildren(h("p", { class: "small" }, "Loading the network …"));
    const model = await runWithNotice(
      $("#inside-notice"),
      () => call("v1/layers", { query: { script } }),
      () => this.#load(),
    );
    if (script !== this.getScript()) return;
    if (!model) {
      this.body.replaceChildren();
      return;
    }
    this.#stop();
    this.neighbours.setNote(model.neighbours_note);
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.loaded = { model, worker, networks: null };
    worker.addEventListener("message", ({ data }) => this.#receive(data));
    worker.postMessage({ model });
  }

  #stop() {
    this.loaded?.worker.terminate();
    this.loaded = null;
    this.parts = null;
    this.latest = {};
    this.shown = 0;
  }

  /** @param {any} message of the thread */
  #receive(message) {
    if (message.networks && this.loaded) {
      this.loaded.networks = message.networks;
      this.#build();
      return;
    }
    if (!this.drawing) return; // cleared meanwhile
    for (const kind of /** @type {const} */ (["maps", "contrast", "change"])) {
      if (!(kind in message)) continue;
      this.latest[kind] = message;
      this.unpainted.add(kind);
      break;
    }
    this.#schedule();
  }

  /** Build the stages of the shown network. */
  #build() {
    if (!this.loaded?.networks) return;
    const { model } = this.loaded;
    const { name, version, networks, classes, image_shape: shape } = model;
    const mean = networks.length > 1 ? `the mean of ${networks.length} networks with ` : "";
    const count = countParameters(model).toLocaleString("en-GB");
    $("#inside-about").textContent =
      `This is ${name} ${version}, the model that reads your drawing: ${mean}${count} weights in ` +
      "all. Your browser runs it with the same weights, so that the maps follow your pen.";
    $("#inside-network").replaceChildren(
      ...(networks.length > 1 ? [this.#networkChoice(networks.length)] : []),
    );
    this.parts = {
      stages: new Stages(model, this.loaded.networks[this.shown]),
      change: new ChangeView([...classes], shape[0], () => this.#resend()),
    };
    this.latest = {};
    this.#recolor();
    this.#showEmpty();
    this.#resend();
  }

  /** @param {number} count of networks */
  #networkChoice(count) {
    const select = h("select", {
      onchange: () => {
        this.shown = Number(select.value);
        this.#build();
      },
    });
    for (let i = 0; i < count; i += 1) select.append(h("option", { value: i }, `${i + 1}`));
    select.value = String(this.shown);
    return h("label", { class: "inline" }, "Maps of network ", select);
  }

  #showEmpty() {
    this.unpainted.clear();
    this.body.replaceChildren(h("p", { class: "small" }, BODY_TEXT));
  }

  #recolor() {
    this.palette = makePalette();
    this.parts?.stages.paintFilters(this.palette);
    for (const kind of Object.keys(this.latest)) this.unpainted.add(kind);
    this.#schedule();
  }

  /** Send the drawing and paint what has arrived, in one of the next frames. */
  #schedule() {
    if (this.element.hidden || !this.loaded?.networks) return;
    this.frame ||= requestAnimationFrame((at) => {
      this.frame = 0;
      if (!this.pace.isDue(at)) {
        this.#schedule();
        return;
      }
      this.#paint();
      this.#send();
    });
  }

  #resend() {
    this.sent = null;
    this.#schedule();
  }

  #send() {
    if (!this.drawing || this.drawing === this.sent || !this.parts || !this.loaded) return;
    this.sent = this.drawing;
    const { strokes, isComplete } = this.drawing;
    const { pixels, side } = renderDigitPixels(strokes);
    const image = toModelInput(pixels, side);
    const { change } = this.parts;
    const { target } = change;
    change.markOutdated();
    this.loaded.worker.postMessage({ image, shown: this.shown, target, isComplete });
    this.neighbours.follow(image, this.getScript());
  }

  #paint() {
    if (!this.drawing || !this.parts) return;
    const { latest, palette, unpainted } = this;
    const { stages, change } = this.parts;
    if (unpainted.delete("maps") && latest.maps) {
      stages.paint(latest.maps, palette);
      if (!this.body.contains(stages.element)) {
        this.body.replaceChildren(stages.element, change.element, this.neighbours.element);
      }
    }
    if (unpainted.delete("contrast") && latest.contrast) {
      change.showContrast(latest.contrast, palette);
    }
    if (unpainted.delete("change") && latest.change) change.showChange(latest.change, palette);
  }
}

// Inside the network: the layers of the model that reads the drawing, while the user draws. The model
// runs in a thread of the browser, with the weights of the service.

import { call } from "../../api.js";
import { $, h } from "../../dom.js";
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

const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");
const DARK = matchMedia("(prefers-color-scheme: dark)");
const BODY_TEXT = "Draw a digit to see what each layer computes.";

export class InsidePanel {
  /** @param getScript function that returns the script of the drawing */
  constructor(getScript) {
    this.getScript = getScript;
    this.toggle = $("#inside-toggle");
    this.element = $("#inside");
    this.body = $("#inside-body");
    this.drawing = null; // {strokes, isComplete}, or null
    this.sent = null; // the drawing that the thread got last
    this.latest = {}; // the latest message of each kind from the thread
    this.unpainted = new Set(); // kinds of messages
    this.shown = 0; // index of the shown network
    this.pace = new Pace();
    this.neighbours = new Neighbours();
    rememberControl($("#inside-explain"), "inside-explain");
    this.toggle.addEventListener("click", () => this.#open(this.element.hidden));
    DARK.addEventListener("change", () => this.#recolor());
  }

  /** Show a drawing. `isComplete` is false during a stroke. */
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

  #open(isOpen) {
    this.element.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    $("#draw").classList.toggle("is-inside", isOpen);
    if (!isOpen) this.neighbours.clear();
    else if (this.worker) this.#resend();
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
    this.model = model;
    this.neighbours.setNote(model.neighbours_note);
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.#receive(data));
    this.worker.postMessage({ model });
  }

  #stop() {
    this.worker?.terminate();
    this.worker = null;
    this.networks = null;
    this.latest = {};
    this.shown = 0;
  }

  #receive(message) {
    if (message.networks) {
      this.networks = message.networks;
      this.#build();
      return;
    }
    if (!this.drawing) return; // cleared meanwhile
    const kind = ["maps", "contrast", "change"].find((name) => name in message);
    this.latest[kind] = message;
    this.unpainted.add(kind);
    this.#schedule();
  }

  /** Build the stages of the shown network. */
  #build() {
    const { name, version, networks, classes, image_shape: shape } = this.model;
    const mean = networks.length > 1 ? `the mean of ${networks.length} networks with ` : "";
    const count = countParameters(this.model).toLocaleString("en-GB");
    $("#inside-about").textContent =
      `This is ${name} ${version}, the model that reads your drawing: ${mean}${count} weights in ` +
      "all. Your browser runs it with the same weights, so that the maps follow your pen.";
    $("#inside-network").replaceChildren(...(networks.length > 1 ? [this.#networkChoice()] : []));
    this.stages = new Stages(this.model, this.networks[this.shown]);
    this.change = new ChangeView([...classes], shape[0], () => this.#resend());
    this.latest = {};
    this.#recolor();
    this.#showEmpty();
    this.#resend();
  }

  #networkChoice() {
    const select = h("select", {
      onchange: () => {
        this.shown = Number(select.value);
        this.#build();
      },
    });
    const options = this.networks.map((_, i) => h("option", { value: i }, `${i + 1}`));
    select.append(...options);
    select.value = this.shown;
    return h("label", { class: "inline" }, "Maps of network ", select);
  }

  #showEmpty() {
    this.unpainted.clear();
    this.body.replaceChildren(h("p", { class: "small" }, BODY_TEXT));
  }

  #recolor() {
    this.palette = makePalette();
    this.stages?.paintFilters(this.palette);
    for (const kind of Object.keys(this.latest)) this.unpainted.add(kind);
    this.#schedule();
  }

  /** Send the drawing and paint what has arrived, in one of the next frames. */
  #schedule() {
    if (this.element.hidden || !this.networks) return;
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
    if (!this.drawing || this.drawing === this.sent) return;
    this.sent = this.drawing;
    const { strokes, isComplete } = this.drawing;
    const { pixels, side } = renderDigitPixels(strokes);
    const image = toModelInput(pixels, side);
    const { target } = this.change;
    this.change.markOutdated();
    this.worker.postMessage({ image, shown: this.shown, target, isComplete });
    this.neighbours.follow(image, this.getScript());
  }

  #paint() {
    if (!this.drawing) return;
    const { latest, palette, unpainted } = this;
    if (unpainted.delete("maps")) {
      this.stages.paint(latest.maps, palette);
      if (!this.body.contains(this.stages.element)) {
        this.body.replaceChildren(
          this.stages.element,
          this.change.element,
          this.neighbours.element,
        );
      }
    }
    if (unpainted.delete("contrast")) this.change.showContrast(latest.contrast, palette);
    if (unpainted.delete("change")) this.change.showChange(latest.change, palette);
  }
}

// @ts-check
// The drawing pad turns pointer events into strokes. It paints new points once per frame.

import { context2d } from "../dom.js";
import { paintAll, paintStroke } from "./strokes.js";

const PEN_WIDTH = 0.028; // as a fraction of the pad's height

/**
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {"drawing" | "stroke" | "undo" | "clear"} PadChange drawing: during a stroke; stroke: after it
 */

export class Pad {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(change: PadChange) => void} onchange
   */
  constructor(canvas, onchange) {
    this.canvas = canvas;
    this.context = context2d(canvas, { desynchronized: true });
    this.onchange = onchange;
    /** @type {Stroke[]} */
    this.strokes = [];
    /** @type {Stroke[]} */
    this.cleared = []; // strokes before the pad was cleared
    /** @type {number | null} */
    this.pointer = null; // id of the drawing pointer
    this.rectangle = canvas.getBoundingClientRect();
    this.nPainted = 0; // number of painted points of the current stroke
    this.frame = 0;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#extend(event));
    canvas.addEventListener("pointerup", (event) => this.#end(event));
    canvas.addEventListener("pointercancel", (event) => this.#end(event));
    // A long press would open the browser's menu during a stroke.
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    new ResizeObserver(() => this.#resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint());
  }

  get isEmpty() {
    return this.strokes.length === 0;
  }

  get canUndo() {
    return !this.isEmpty || this.cleared.length > 0;
  }

  /** Undo the last stroke, or the clearing of the pad. */
  undo() {
    if (this.pointer !== null || !this.canUndo) return;
    if (this.isEmpty) this.replace(this.cleared);
    else this.strokes.pop();
    this.repaint();
    this.onchange("undo");
  }

  /** Remove all strokes. */
  clear() {
    const cleared = this.strokes;
    this.replace([]);
    this.cleared = cleared;
    this.onchange("clear");
  }

  /** Height of the pad, in units of its width. */
  get height() {
    return this.canvas.clientHeight / Math.max(this.canvas.clientWidth, 1);
  }

  /**
   * Replace the drawing.
   * @param {Stroke[]} strokes
   */
  replace(strokes) {
    this.strokes = strokes;
    this.cleared = [];
    this.pointer = null;
    this.repaint();
  }

  /** Paint all strokes. */
  repaint() {
    const { context, canvas } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const ink = getComputedStyle(canvas).color;
    context.strokeStyle = ink;
    context.fillStyle = ink;
    paintAll(context, this.strokes, this.#view());
    this.nPainted = this.strokes.at(-1)?.length ?? 0;
  }

  #view() {
    return { scale: this.canvas.width, width: PEN_WIDTH * this.canvas.height };
  }

  #resize() {
    const { canvas } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (!width || (canvas.width === width && canvas.height === height)) return;
    [canvas.width, canvas.height] = [width, height];
    this.repaint();
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const { left, top, width } = this.rectangle;
    // Only pens measure pressure; fingers and mice report a constant.
    const pressure = event.pointerType === "pen" && event.pressure ? event.pressure : 0.5;
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / width, pressure };
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (this.pointer !== null || event.button !== 0) return; // ignore a second finger or a palm
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.rectangle = this.canvas.getBoundingClientRect();
    this.pointer = event.pointerId;
    this.strokes.push([this.#point(event)]);
    this.cleared = [];
    this.nPainted = 0;
    this.#schedule();
    this.onchange("drawing");
  }

  /** @param {PointerEvent} event */
  #extend(event) {
    if (event.pointerId !== this.pointer) return;
    const stroke = this.strokes[this.strokes.length - 1];
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const point = this.#point(each);
      const last = stroke[stroke.length - 1];
      if (point.x !== last.x || point.y !== last.y) stroke.push(point);
    }
    this.#schedule();
    this.onchange("drawing");
  }

  /** @param {PointerEvent} event */
  #end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.repaint(); // paint the stroke as one path, without the joints between frames
    this.onchange("stroke");
  }

  #schedule() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.pointer !== null) this.#paintNew();
    });
  }

  #paintNew() {
    const stroke = this.strokes.at(-1);
    if (!stroke || this.nPainted === stroke.length) return;
    this.context.lineCap = "round";
    this.context.lineJoin = "round";
    paintStroke(this.context, stroke, { ...this.#view(), from: this.nPainted });
    this.nPainted = stroke.length;
  }
}

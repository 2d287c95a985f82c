// @ts-check
// Draw: a pad, and its reading while the user writes.

import { describe, level, percent } from "../confidence.js";
import { showDigits } from "../digits.js";
import { answerProblem } from "../answer-text.js";
import { $, button, h, input, select } from "../dom.js";
import { sendLatest } from "../latest-request.js";
import { runWithNotice, notify } from "../notices.js";
import { fillScripts } from "../service-info.js";
import { userName } from "../settings.js";
import { showBars } from "./bars.js";
import { InsidePanel } from "./inside/panel.js";
import { Pad } from "./pad.js";
import { explain, showExplanation } from "./explanation.js";
import { readDigit, readNumber, saveCorrection } from "./read-drawing.js";
import { sampleStrokes } from "./sample.js";
import { countGroups, fitInto } from "./strokes.js";

const READ_INTERVAL = 160; // ms between readings during a stroke
/**
 * @typedef {import("./read-drawing.js").Reading} Reading
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {"digit" | "number"} Mode
 */

const SETTLE_DELAY = 350; // ms after a stroke until the reading is announced and explained

const MIN_OFFERED_CONFIDENCE = 0.5; // of a number that is offered for a drawing of one digit

/** @type {Record<Mode, Stroke[]>} */
const drawings = { digit: [], number: [] };
const script = select("#draw-script");
const chart = $("#draw-chart");
const correction = $("#draw-correction");
const correctionStatus = $("#draw-correction-status");
const offer = button("#draw-offer");
const notice = $("#draw-notice");
const panel = $("#explanation", HTMLDetailsElement);
const panelBody = $("#explanation-body");
const pad = new Pad($("#pad", HTMLCanvasElement), onDrawing);
const inside = new InsidePanel(() => script.value); // the panel with the layers of the network
/** @type {Mode} */
let mode = "number";
/** @type {Reading | null} */
let shown = null; // the latest reading
let isSetUp = false;
let selected = 0; // index of the selected digit
let readTimer = 0;
let settleTimer = 0;

const readRequests = sendLatest(
  (/** @type {{strokes: Stroke[], script: string, asNumber: boolean}} */ drawing) =>
    (drawing.asNumber ? readNumber : readDigit)(drawing.strokes, drawing.script),
  (reading) => {
    notify(notice, "");
    show(reading);
  },
  (error) => {
    notify(notice, error.message, readNow);
    if (error.status === 503) {
      readTimer ||= setTimeout(readNow, 1000 * Math.max(error.retryAfter, 1));
    }
  },
);
const explainRequests = sendLatest(
  (/** @type {{strokes: Stroke[], script: string}} */ drawing) =>
    explain(drawing.strokes, drawing.script),
  (explanation) => {
    notify($("#explanation-notice"), "");
    showExplanation(panelBody, explanation);
    panelBody.setAttribute("aria-busy", "false");
  },
  (error) => {
    notify($("#explanation-notice"), error.message, explainShown);
    showPanelText("");
  },
);

/** @param {string} [argument] "sample" shows a drawing */
export async function enter(argument = "") {
  if (!isSetUp) setUp();
  isSetUp = true;
  document.addEventListener("keydown", onKey);
  await runWithNotice(notice, () => fillScripts(script, "draw-script"), () => enter());
  if (argument === "sample") showSample();
}

function showSample() {
  modeRadio("number").checked = true;
  if (mode !== "number") setMode("number");
  pad.replace(sampleStrokes(pad.height));
  onDrawing("stroke");
}

export function leave() {
  document.removeEventListener("keydown", onKey);
}

function setUp() {
  $("#pad-undo").addEventListener("click", () => pad.undo());
  $("#pad-clear").addEventListener("click", () => pad.clear());
  for (const name of /** @type {Mode[]} */ (["digit", "number"])) {
    modeRadio(name).addEventListener("change", () => setMode(name));
  }
  offer.addEventListener("click", readAsNumber);
  script.addEventListener("change", () => {
    readNow();
    inside.reload();
  });
  panel.addEventListener("toggle", explainShown);
  correction.addEventListener("submit", submitCorrection);
}

const modeRadio = (/** @type {Mode} */ name) => input(`[name=draw-mode][value=${name}]`);

/** @param {Mode} newMode */
function setMode(newMode) {
  drawings[mode] = pad.strokes;
  mode = newMode;
  $(".draw-grid").dataset.mode = mode;
  pad.replace(drawings[mode]);
  reset();
  onDrawing("stroke");
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  const inText = target.closest("input, select, textarea, dialog");
  if (inText || event.altKey) return;
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
  if (!isUndo && event.key !== "Escape") return;
  event.preventDefault();
  if (isUndo) pad.undo();
  else pad.clear();
}

/** @param {import("./pad.js").PadChange} change */
function onDrawing(change) {
  const isEmpty = pad.isEmpty;
  button("#pad-undo").disabled = !pad.canUndo;
  button("#pad-clear").disabled = isEmpty;
  offer.hidden = true;
  correctionStatus.textContent = ""; // it is about the drawing before this change
  $(".pad-hint").hidden = !isEmpty;
  clearTimeout(settleTimer);
  if (!isEmpty && mode === "digit") inside.follow(pad.strokes, change !== "drawing");
  if (isEmpty) reset();
  else if (change === "drawing") readTimer ||= setTimeout(readNow, READ_INTERVAL);
  else readNow();
}

function readNow() {
  clearTimeout(readTimer);
  readTimer = 0;
  if (pad.isEmpty) return;
  // Copy the strokes, because the user may draw on meanwhile.
  const strokes = pad.strokes.map((stroke) => [...stroke]);
  readRequests.submit({ strokes, script: script.value, asNumber: mode === "number" });
}

function reset() {
  clearTimeout(readTimer);
  readTimer = 0;
  readRequests.cancel();
  explainRequests.cancel();
  inside.clear();
  shown = null;
  selected = 0;
  notify(notice, "");
  $("#draw-answer").replaceChildren();
  $("#draw-verdict").textContent = "";
  chart.hidden = true;
  correction.hidden = true;
  offer.hidden = true;
  correctionStatus.textContent = "";
  showPanelText("Draw a digit first.");
}

/** @param {Reading} reading */
function show(reading) {
  shown = reading;
  const { line } = reading;
  if (reading.isDigit) selected = 0;
  selected = Math.min(Math.max(selected, 0), line.digits.length - 1);
  showDigits($("#draw-answer"), line, { selected, onselect: selectDigit });
  $("#draw-answer").classList.toggle("long", line.text.length > 1);
  $("#draw-answer").style.setProperty("--count", String([...line.text].length));
  clearTimeout(settleTimer);
  settleTimer = setTimeout(settle, pad.pointer === null ? SETTLE_DELAY : 4 * SETTLE_DELAY);
  showConfidence(reading);
  showChart(reading);
  // In a number, the panel shows the selected digit.
  const ink = reading.isDigit || !line.digits.length ? [] : reading.ink(selected);
  if (ink.length) inside.follow(ink, pad.pointer === null);
}

/** @param {Reading} reading */
function showConfidence({ line, isDigit }) {
  const { text, confidence } = line;
  // Screen readers announce the text once aria-busy is false: see settle().
  const verdict = $("#draw-verdict");
  verdict.dataset.level = text ? level(confidence) : "";
  verdict.setAttribute("aria-busy", "true");
  if (!text) {
    verdict.textContent = isDigit ? "No digit found" : "No number found";
    return;
  }
  const prefix = h("span", { class: "visually-hidden" }, `Read as ${text}: `);
  verdict.replaceChildren(prefix, describe(confidence));
}

function settle() {
  const verdict = $("#draw-verdict");
  verdict.setAttribute("aria-busy", "false");
  correction.hidden = !shown?.line.text;
  explainShown();
  offerNumber();
}

/** Offer to read a drawing as a number if it is not one digit. */
async function offerNumber() {
  const reading = shown;
  if (!reading?.isDigit || pad.pointer !== null || countGroups(pad.strokes) < 2) return;
  const { line } = await readNumber(pad.strokes, script.value).catch(() => reading);
  const digits = line.text.replace(/\P{Nd}/gu, "");
  // The drawing may have changed meanwhile.
  if (shown !== reading || digits.length < 2 || line.confidence < MIN_OFFERED_CONFIDENCE) return;
  offer.textContent = `Is it ${line.text}? Read as a number`;
  offer.hidden = false;
}

/** Switch to numbers, with the drawing that was meant as one. */
function readAsNumber() {
  const { strokes } = pad;
  pad.replace([]);
  modeRadio("number").checked = true;
  setMode("number");
  pad.replace(fitInto(strokes, pad.height));
  onDrawing("stroke");
  pad.canvas.focus({ preventScroll: true });
}

/** @param {Reading} reading */
function showChart({ line, options: optionsOf, isDigit }) {
  chart.hidden = line.digits.length === 0;
  if (!line.digits.length) return;
  const options = optionsOf(selected);
  const best = line.digits[selected].text;
  const title = isDigit
    ? "Probability of each digit"
    : `Digit ${selected + 1}: ${best} and alternatives`;
  $("#draw-bars-title").textContent = title;
  showBars($("#draw-bars"), options, best);
  const others = options
    .filter(({ text }) => text !== best)
    .sort((a, b) => b.confidence - a.confidence);
  const runnerUp = others[0];
  $("#draw-next").textContent = runnerUp
    ? `Second choice: ${runnerUp.text || "no digit"}, ${percent(runnerUp.confidence)}`
    : "";
}

/** @param {number} index */
function selectDigit(index) {
  selected = index;
  if (shown) show(shown);
}

function explainShown() {
  if (!panel.open || !shown?.line.digits.length || pad.pointer !== null) return;
  const strokes = shown.ink(selected);
  if (!strokes.length) return;
  if (!panelBody.querySelector(".explanation-maps")) showPanelText("Computing the explanation …");
  panelBody.setAttribute("aria-busy", "true"); // the panel shows the previous drawing
  explainRequests.submit({ strokes, script: script.value });
}

/** @param {string} text */
function showPanelText(text) {
  panelBody.setAttribute("aria-busy", "false");
  panelBody.replaceChildren(h("p", { class: "small" }, text));
}

/** @param {SubmitEvent} event */
async function submitCorrection(event) {
  event.preventDefault();
  const field = input("#draw-correction-text");
  const text = field.value.trim();
  const problem = text ? answerProblem(text) : "Enter the correct number first.";
  if (problem || pad.isEmpty) {
    correctionStatus.textContent = problem;
    field.focus();
    return;
  }
  const { strokes } = pad;
  const nPoints = strokes.flat().length;
  const given = { script: script.value, isDigit: mode === "digit", text, by: userName() };
  const isSaved = await runWithNotice(notice, () => saveCorrection(strokes, given));
  if (isSaved === undefined) return;
  field.value = "";
  // The next drawing may have begun meanwhile.
  if (pad.strokes !== strokes || strokes.flat().length !== nPoints) return;
  correctionStatus.textContent = isSaved
    ? `Correction saved: ${text}`
    : "This service does not store corrections.";
  document.dispatchEvent(new CustomEvent("store-changed"));
}

// Draw: a pad, and its reading while the user writes.

import { describe, level, percent } from "../confidence.js";
import { showDigits } from "../digits.js";
import { $, h } from "../dom.js";
import { sendLatest } from "../latest-request.js";
import { runWithNotice, notify } from "../notices.js";
import { fillScripts } from "../service-info.js";
import { userName, rememberControl } from "../settings.js";
import { showBars } from "./bars.js";
import { InsidePanel } from "./inside/panel.js";
import { Pad } from "./pad.js";
import { explain, showExplanation } from "./explanation.js";
import { readDigit, readNumber, saveCorrection } from "./read-drawing.js";

const READ_INTERVAL = 160; // ms between readings during a stroke
const SETTLE_DELAY = 350; // ms after a stroke until the reading is announced and explained

const drawings = { digit: [], number: [] };
const notice = $("#draw-notice");
const panel = $("#explanation");
const panelBody = $("#explanation-body");
let pad = null;
let inside = null; // the panel with the layers of the network
let mode = "digit";
let shown = null; // the latest reading
let selected = 0; // index of the selected digit
let readTimer = 0;
let settleTimer = 0;

const readRequests = sendLatest(
  ({ strokes, script, asNumber }) => (asNumber ? readNumber : readDigit)(strokes, script),
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
  ({ strokes, script }) => explain(strokes, script),
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

export async function enter() {
  if (!pad) setUp();
  document.addEventListener("keydown", onKey);
  await runWithNotice(notice, () => fillScripts($("#draw-script"), "draw-script"), enter);
}

export function leave() {
  document.removeEventListener("keydown", onKey);
}

function setUp() {
  inside = new InsidePanel(() => $("#draw-script").value);
  pad = new Pad($("#pad"), onDrawing);
  pad.replace(drawings[mode]);
  $("#pad-undo").addEventListener("click", () => pad.undo());
  $("#pad-clear").addEventListener("click", () => pad.clear());
  for (const radio of document.querySelectorAll("[name=draw-mode]")) {
    radio.addEventListener("change", () => setMode(radio.value));
  }
  $("#draw-script").addEventListener("change", () => {
    readNow();
    inside.reload();
  });
  panel.addEventListener("toggle", explainShown);
  $("#draw-correction").addEventListener("submit", submitCorrection);
  rememberControl($("#review-by"), "by");
}

function setMode(newMode) {
  drawings[mode] = pad.strokes;
  mode = newMode;
  $(".draw-grid").dataset.mode = mode;
  pad.replace(drawings[mode]);
  reset();
  onDrawing("stroke");
}

function onKey(event) {
  const inText = event.target.closest?.("input, select, textarea, dialog");
  if (inText || event.altKey) return;
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
  if (!isUndo && event.key !== "Escape") return;
  event.preventDefault();
  if (isUndo) pad.undo();
  else pad.clear();
}

function onDrawing(change) {
  const isEmpty = pad.isEmpty;
  $("#pad-undo").disabled = !pad.canUndo;
  $("#pad-clear").disabled = isEmpty;
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
  readRequests.submit({ strokes, script: $("#draw-script").value, asNumber: mode === "number" });
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
  $("#draw-chart").hidden = true;
  $("#draw-correction").hidden = true;
  showPanelText("Draw a digit first.");
}

function show(reading) {
  shown = reading;
  const { line } = reading;
  if (reading.isDigit) selected = 0;
  selected = Math.min(Math.max(selected, 0), line.digits.length - 1);
  showDigits($("#draw-answer"), line, { selected, onselect: select });
  $("#draw-answer").classList.toggle("long", line.text.length > 1);
  $("#draw-answer").style.setProperty("--count", [...line.text].length);
  clearTimeout(settleTimer);
  settleTimer = setTimeout(settle, pad.pointer === null ? SETTLE_DELAY : 4 * SETTLE_DELAY);
  showConfidence();
  showChart();
  // In a number, the panel shows the selected digit.
  const ink = reading.isDigit || !line.digits.length ? [] : reading.ink(selected);
  if (ink.length) inside.follow(ink, pad.pointer === null);
}

function showConfidence() {
  const { text, confidence } = shown.line;
  // Screen readers announce the text once aria-busy is false: see settle().
  const verdict = $("#draw-verdict");
  verdict.dataset.level = text ? level(confidence) : "";
  verdict.setAttribute("aria-busy", "true");
  if (!text) {
    verdict.textContent = "No digit found";
    return;
  }
  const prefix = h("span", { class: "visually-hidden" }, `Read as ${text}: `);
  verdict.replaceChildren(prefix, describe(confidence));
}

function settle() {
  const verdict = $("#draw-verdict");
  verdict.setAttribute("aria-busy", "false");
  $("#draw-correction").hidden = !shown?.line.text;
  explainShown();
}

function showChart() {
  $("#draw-chart").hidden = shown.line.digits.length === 0;
  if (!shown.line.digits.length) return;
  const options = shown.options(selected);
  const best = shown.line.digits[selected].text;
  const title = shown.isDigit
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

function select(index) {
  selected = index;
  show(shown);
}

function explainShown() {
  if (!panel.open || !shown?.line.digits.length || pad.pointer !== null) return;
  const strokes = shown.ink(selected);
  if (!strokes.length) return;
  if (!panelBody.querySelector(".explanation-maps")) showPanelText("Computing the explanation …");
  panelBody.setAttribute("aria-busy", "true"); // the panel shows the previous drawing
  explainRequests.submit({ strokes, script: $("#draw-script").value });
}

function showPanelText(text) {
  panelBody.setAttribute("aria-busy", "false");
  panelBody.replaceChildren(h("p", { class: "small" }, text));
}

async function submitCorrection(event) {
  event.preventDefault();
  const input = $("#draw-correction-text");
  const text = input.value.trim();
  const status = $("#draw-correction-status");
  if (!text || pad.isEmpty) {
    status.textContent = "Enter the correct number first.";
    input.focus();
    return;
  }
  const script = $("#draw-script").value;
  const correction = { script, isDigit: mode === "digit", text, by: userName() };
  const isSaved = await runWithNotice(notice, () => saveCorrection(pad.strokes, correction));
  if (isSaved === undefined) return;
  status.textContent = isSaved
    ? `Correction saved: ${text}`
    : "This service does not store corrections.";
  input.value = "";
  document.dispatchEvent(new CustomEvent("store-changed"));
}

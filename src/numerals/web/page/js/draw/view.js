// Draw: a pad, and beside it what was read, while one writes.

import { percent, word } from "../confidence.js";
import { showDigits } from "../digits.js";
import { $, h } from "../dom.js";
import { askNewest } from "../newest.js";
import { guarded, notify } from "../notices.js";
import { fillScripts } from "../scripts.js";
import { personName, rememberControl } from "../settings.js";
import { showBars } from "./bars.js";
import { Pad } from "./pad.js";
import { keepCorrection, readDigit, readNumber } from "./readings.js";
import { explain, showWhy } from "./why.js";

const PAUSE = 160; // ms between readings while a stroke goes on
const SETTLED = 350; // ms of rest before the answer is announced and explained

const drawings = { digit: [], number: [] };
const notice = $("#draw-notice");
const why = $("#why");
const whyBody = $("#why-body");
let pad = null;
let mode = "digit";
let shown = null; // the newest reading
let selected = 0;
let timer = 0;
let settling = 0;

const questions = askNewest(
  ({ strokes, script, asNumber }) => (asNumber ? readNumber : readDigit)(strokes, script),
  (reading) => {
    notify(notice, "");
    show(reading);
  },
  (error) => {
    notify(notice, error.message, readNow);
    if (error.status === 503) timer ||= setTimeout(readNow, 1000 * Math.max(error.retryAfter, 1));
  },
);
const reasons = askNewest(
  ({ strokes, script }) => explain(strokes, script),
  (found) => {
    notify($("#why-notice"), "");
    showWhy(whyBody, found);
    whyBody.setAttribute("aria-busy", "false");
  },
  (error) => {
    notify($("#why-notice"), error.message, explainShown);
    sayWhy("");
  },
);

export async function enter() {
  if (!pad) setUp();
  document.addEventListener("keydown", onKey);
  await guarded(notice, () => fillScripts($("#draw-script"), "draw-script"), enter);
}

export function leave() {
  document.removeEventListener("keydown", onKey);
}

function setUp() {
  pad = new Pad($("#pad"), onDrawing);
  pad.replace(drawings[mode]);
  $("#pad-undo").addEventListener("click", () => pad.undo());
  $("#pad-clear").addEventListener("click", () => pad.clear());
  for (const radio of document.querySelectorAll("[name=draw-mode]")) {
    radio.addEventListener("change", () => setMode(radio.value));
  }
  $("#draw-script").addEventListener("change", readNow);
  why.addEventListener("toggle", explainShown);
  $("#teach").addEventListener("submit", teach);
  rememberControl($("#review-by"), "by");
}

function setMode(wanted) {
  drawings[mode] = pad.strokes;
  mode = wanted;
  $(".draw-grid").dataset.mode = mode;
  pad.replace(drawings[mode]);
  forget();
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

function onDrawing(what) {
  const isEmpty = pad.isEmpty;
  $("#pad-undo").disabled = !pad.canUndo;
  $("#pad-clear").disabled = isEmpty;
  $(".pad-hint").hidden = !isEmpty;
  clearTimeout(settling);
  if (isEmpty) forget();
  else if (what === "writing") timer ||= setTimeout(readNow, PAUSE);
  else readNow();
}

function readNow() {
  clearTimeout(timer);
  timer = 0;
  if (pad.isEmpty) return;
  // A copy: the drawing goes on while this one is read.
  const strokes = pad.strokes.map((stroke) => [...stroke]);
  questions.put({ strokes, script: $("#draw-script").value, asNumber: mode === "number" });
}

function forget() {
  clearTimeout(timer);
  timer = 0;
  questions.forget();
  reasons.forget();
  shown = null;
  selected = 0;
  notify(notice, "");
  $("#draw-answer").replaceChildren();
  $("#draw-verdict").textContent = "";
  $("#draw-chart").hidden = true;
  $("#teach").hidden = true;
  sayWhy("Draw a digit first.");
}

function show(reading) {
  shown = reading;
  const { line } = reading;
  if (reading.isWhole) selected = 0;
  selected = Math.min(Math.max(selected, 0), line.digits.length - 1);
  showDigits($("#draw-answer"), line, { selected, onselect: select });
  $("#draw-answer").classList.toggle("long", line.text.length > 1);
  $("#draw-answer").style.setProperty("--count", [...line.text].length);
  clearTimeout(settling);
  settling = setTimeout(settle, pad.pointer === null ? SETTLED : 4 * SETTLED);
  showVerdict();
  showChart();
}

function showVerdict() {
  const { text, confidence } = shown.line;
  // What is announced changes only once the hand rests: see settle().
  const verdict = $("#draw-verdict");
  verdict.dataset.level = text ? word(confidence) : "";
  verdict.setAttribute("aria-busy", "true");
  if (!text) {
    verdict.textContent = "No digit found yet.";
    return;
  }
  const answer = h("span", { class: "visually-hidden" }, `Read as ${text}: `);
  verdict.replaceChildren(answer, `${percent(confidence)}, ${word(confidence)}`);
}

function settle() {
  const verdict = $("#draw-verdict");
  verdict.setAttribute("aria-busy", "false");
  $("#teach").hidden = !shown?.line.text;
  explainShown();
}

function showChart() {
  $("#draw-chart").hidden = shown.line.digits.length === 0;
  if (!shown.line.digits.length) return;
  const options = shown.options(selected);
  const best = shown.line.digits[selected].text;
  const title = shown.isWhole
    ? "Probability of each digit"
    : `Digit ${selected + 1}: ${best}, and what else it may be`;
  $("#draw-bars-title").textContent = title;
  showBars($("#draw-bars"), options, best);
  const others = options
    .filter(({ text }) => text !== best)
    .sort((a, b) => b.confidence - a.confidence);
  const next = others[0];
  $("#draw-next").textContent = next
    ? `Next likely: ${next.text || "no digit"}, ${percent(next.confidence)}.`
    : "";
}

function select(index) {
  selected = index;
  show(shown);
}

function explainShown() {
  if (!why.open || !shown?.line.digits.length || pad.pointer !== null) return;
  const strokes = shown.ink(selected);
  if (!strokes.length) return;
  if (!$(".why-maps", whyBody)) sayWhy("Hiding one part of the digit after the other …");
  whyBody.setAttribute("aria-busy", "true"); // what is there is of the drawing before
  reasons.put({ strokes, script: $("#draw-script").value });
}

function sayWhy(text) {
  whyBody.setAttribute("aria-busy", "false");
  whyBody.replaceChildren(h("p", { class: "small" }, text));
}

async function teach(event) {
  event.preventDefault();
  const input = $("#teach-text");
  const text = input.value.trim();
  const status = $("#teach-status");
  if (!text || pad.isEmpty) {
    status.textContent = "Type what you wrote first.";
    input.focus();
    return;
  }
  const script = $("#draw-script").value;
  const what = { script, isDigit: mode === "digit", text, by: personName() };
  const isKept = await guarded(notice, () => keepCorrection(pad.strokes, what));
  if (isKept === undefined) return;
  status.textContent = isKept
    ? `Kept: this is ${text}.`
    : "This service keeps no readings, so no corrections.";
  input.value = "";
  document.dispatchEvent(new CustomEvent("kept"));
}

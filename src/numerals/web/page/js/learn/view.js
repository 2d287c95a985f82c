// @ts-check
// Learn: training with the reviewed lines, the corrections, and the models with their figures.

import { ApiError, call } from "../api.js";
import { $, h } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { commandItem } from "./commands.js";
import { comparison } from "./comparison.js";
import { modelCard } from "./models.js";
import { trainPanel } from "./train-panel.js";
import { getTraining } from "./training.js";

/** @typedef {import("./training.js").TrainingState} TrainingState */
/** @typedef {{from: string, to: string, by: string, at: string}} Correction */
/** @typedef {{total: number, corrections: Correction[], commands: {title: string, command: string}[]}} Corrections */

const N_CORRECTIONS = 12; // rows in the table
const POLL_INTERVAL = 1500; // ms

let isOpen = false;
let timer = 0;
let isWaiting = false; // whether a request that the user started is in progress
let shownResult = "";
/** @type {ReturnType<typeof trainPanel> | null} */
let panel = null;

export async function enter() {
  isOpen = true;
  await runWithNotice($("#learn-notice"), show, enter);
}

export function leave() {
  isOpen = false;
  clearTimeout(timer);
}

async function show() {
  const [stored, review, training] = await Promise.all([
    orNull(call("v1/corrections", { query: { limit: N_CORRECTIONS, newest: "true" } })),
    orNull(call("v1/review", { query: { limit: 1 } })),
    orNull(getTraining()),
    showModels(),
  ]);
  showCorrections(stored);
  showFacts(training, review);
  $("#learn-commands").replaceChildren(...(stored?.commands ?? []).map(commandItem));
  $("#learn-command-line").hidden = !stored;
  $("#learn-train").hidden = !training;
  if (training) showTraining(training);
}

/** Return the result of a call, or null if the service has no store (404). */
const orNull = (/** @type {Promise<any>} */ request) =>
  request.catch((error) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });

/**
 * @param {TrainingState | null} training
 * @param {{waiting: number} | null} review
 */
function showFacts(training, review) {
  const sum = (/** @type {"reviewed" | "held_out"} */ key) =>
    training?.scripts.reduce((total, script) => total + script[key], 0) ?? 0;
  /** @type {[number, string][]} */
  const facts = [
    [sum("reviewed"), "reviewed lines"],
    [sum("held_out"), "of them held out"],
    [review?.waiting ?? 0, "unreviewed numbers"],
  ];
  $("#learn-facts").replaceChildren(
    ...facts.map(([value, name]) =>
      h("p", { class: "fact" }, h("b", {}, value.toLocaleString("en-GB")), ` ${name}`),
    ),
  );
}

async function showModels() {
  const { models } = await call("v1/models");
  $("#learn-models").replaceChildren(...models.map(modelCard));
}

/** @param {TrainingState} state */
function showTraining(state) {
  if (!panel) {
    panel = trainPanel(act);
    $("#learn-training").replaceChildren(panel.element);
  }
  panel.show(state);
  showResult(state);
  clearTimeout(timer);
  if (isOpen && state.training?.state === "running") timer = setTimeout(poll, POLL_INTERVAL);
}

/** @param {TrainingState} state */
function showResult(state) {
  const { training } = state;
  const key = JSON.stringify([training?.result, state.activated]);
  if (key === shownResult) return;
  shownResult = key;
  const place = $("#learn-result");
  if (training?.result) place.replaceChildren(comparison(training, training.result, state, act));
  else place.replaceChildren();
}

async function poll() {
  if (!isOpen || isWaiting) return;
  const state = await runWithNotice($("#learn-notice"), getTraining, poll);
  if (!isOpen || isWaiting) return;
  if (state) showTraining(state);
  else timer = setTimeout(poll, 5 * POLL_INTERVAL);
}

/**
 * Run a request that the user started, and show the state after it.
 * @param {() => Promise<TrainingState>} action
 */
async function act(action) {
  if (isWaiting) return;
  isWaiting = true;
  clearTimeout(timer);
  const place = $("#learn-train");
  place.setAttribute("aria-busy", "true");
  try {
    const state = await runWithNotice($("#learn-notice"), action);
    showTraining(state ?? (await getTraining()));
  } finally {
    isWaiting = false; // the buttons that were just shown work, also while the models are listed
    place.removeAttribute("aria-busy");
  }
  await runWithNotice($("#learn-notice"), showModels);
}

/** @param {Corrections | null} stored */
function showCorrections(stored) {
  $("#learn-corrections").replaceChildren(correctionsTable(stored));
}

/** @param {Corrections | null} stored */
function correctionsTable(stored) {
  if (!stored) return h("p", { class: "small" }, "This service stores nothing, so that it cannot learn.");
  if (!stored.corrections.length) {
    const photograph = h("a", { href: "#photograph" }, "Read");
    const review = h("a", { href: "#review" }, "Check");
    const text = ["No corrections yet. Correct numbers in ", photograph, " or ", review, "."];
    return h("p", { class: "small" }, text);
  }
  const rows = stored.corrections.map(({ from, to, by, at }) => {
    const cells = [from || "–", h("b", {}, to || "nothing"), by || "–", new Date(at).toLocaleString()];
    return h("tr", {}, cells.map((cell) => h("td", {}, cell)));
  });
  const head = ["Read as", "Corrected to", "By", "Date"];
  return h(
    "table",
    { "aria-label": "Newest corrections" },
    h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows),
  );
}

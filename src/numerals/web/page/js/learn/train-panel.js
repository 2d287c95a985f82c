// @ts-check
// The button that trains, the progress of the training, and what is missing.

import { count, duration } from "../batches/progress.js";
import { fillSelect, h, setText } from "../dom.js";
import { commandRow } from "./commands.js";
import { cancelTraining, continueTraining, discardTraining, startTraining } from "./training.js";

/** @typedef {import("./training.js").TrainingState} TrainingState */
/** @typedef {import("./training.js").Training} Training */
/** @typedef {import("./training.js").TrainableScript} TrainableScript */
/** @typedef {(action: () => Promise<TrainingState>) => void} Act runs a request and shows the new state */

const STAGES = { preparing: "Preparing", training: "Learning", comparing: "Comparing both models" };

/**
 * Return an element for the training, and a function that shows its state.
 * @param {Act} act
 */
export function trainPanel(act) {
  const status = h("p", { class: "train-status", role: "status" });
  const body = h("div", {});
  const element = h("div", { class: "card train-card" }, status, body);
  let shown = ""; // the parts are made again only if the state changes, so that focus stays
  /** @type {(training: Training) => void} */
  let update = () => {};
  return {
    element,
    /** @param {TrainingState} state */
    show(state) {
      const { training, scripts } = state;
      const kind = training && training.state !== "done" ? training.state : "idle";
      const key = JSON.stringify([kind, training?.error, kind === "idle" && scripts, training?.started_at]);
      if (key !== shown) {
        shown = key;
        update = () => {};
        if (training && kind === "running") update = showRunning(status, body, training, act);
        else if (training && kind !== "idle") showStopped(status, body, training, act);
        else showIdle(status, body, state, act);
      }
      if (training) update(training);
    },
  };
}

/**
 * @param {HTMLElement} status
 * @param {HTMLElement} body
 * @param {TrainingState} state
 * @param {Act} act
 */
function showIdle(status, body, { scripts, training }, act) {
  const choice = h("select", { "aria-label": "Script of the numbers" });
  fillSelect(choice, scripts.map(({ script }) => [script, script[0].toUpperCase() + script.slice(1)]));
  const parts = h("div", {});
  const show = () => {
    const found = scripts.find(({ script }) => script === choice.value) ?? scripts[0];
    setText(status, countText(found));
    parts.replaceChildren(...idleParts(found, training?.state === "done", act));
  };
  choice.addEventListener("change", show);
  body.replaceChildren(...(scripts.length > 1 ? [choice] : []), parts);
  show();
}

/** Return "66 reviewed lines, 19 of them held out to compare with". */
const countText = (/** @type {{reviewed: number, held_out: number}} */ { reviewed, held_out: heldOut }) =>
  reviewed
    ? `${count(reviewed, "reviewed line")}, ${heldOut.toLocaleString("en-GB")} of them held out to compare with`
    : "No reviewed lines yet";

/**
 * @param {TrainableScript} script
 * @param {boolean} isAgain
 * @param {Act} act
 * @returns {HTMLElement[]}
 */
function idleParts({ script, seconds, obstacles }, isAgain, act) {
  const time = seconds ? ` (about ${duration(seconds)})` : "";
  const train = h(
    "button",
    { type: "button", class: isAgain ? "" : "primary", onclick: () => act(() => startTraining(script)) },
    isAgain ? `Train again${time}` : `Train${time}`,
  );
  train.disabled = obstacles.length > 0;
  const missing = obstacles.map(({ code, message, command }) =>
    h(
      "li",
      {},
      h("p", {}, `${message}.`, code === "review" && [" ", h("a", { href: "#review" }, "Check numbers")]),
      command && commandRow(command, message),
    ),
  );
  return [
    h("div", { class: "toolbar" }, train),
    ...(missing.length ? [h("ul", { class: "obstacles", "aria-label": "What is missing" }, missing)] : []),
    h(
      "p",
      { class: "small" },
      "The service learns from the numbers that you confirmed or corrected. Nothing leaves this machine. ",
      "The new model is compared with the present one, and used only after you activate it.",
    ),
  ];
}

/**
 * @param {HTMLElement} status
 * @param {HTMLElement} body
 * @param {Training} started
 * @param {Act} act
 * @returns {(training: Training) => void} shows the progress
 */
function showRunning(status, body, started, act) {
  setText(status, `Training with ${count(started.reviewed, "reviewed line")}`);
  const bar = h("progress", { max: 1, "aria-label": "Progress of the training" });
  const text = h("p", { class: "progress-text" });
  const cancel = h("button", { type: "button", onclick: () => act(cancelTraining) }, "Cancel");
  const note = h("p", { class: "small" }, "You can close this page and go on reading; the training continues.");
  body.replaceChildren(bar, text, h("div", { class: "toolbar" }, cancel), note);
  return (training) => {
    if (training.progress === null) bar.removeAttribute("value");
    else bar.value = training.progress;
    setText(text, runningText(training));
  };
}

/** @param {Training} training */
function runningText({ stage, epochs, epochs_done: done, seconds_left: left }) {
  const name = STAGES[stage ?? "preparing"];
  const rounds = stage === "training" ? `: ${done} of ${count(epochs, "round")}` : "";
  const about = left && left >= 10 ? "about " : "";
  return `${name}${rounds}${left ? `, ${about}${duration(left)} left` : ""}`;
}

/**
 * @param {HTMLElement} status
 * @param {HTMLElement} body
 * @param {Training} training
 * @param {Act} act
 */
function showStopped(status, body, training, act) {
  const { epochs, epochs_done: done, seconds_left: left, error, new_lines: more } = training;
  const isFailed = training.state === "failed";
  setText(status, isFailed ? "The training failed" : `Stopped after ${done} of ${count(epochs, "round")}`);
  const time = left ? ` (about ${duration(left)})` : "";
  const resume = h(
    "button",
    { type: "button", class: "primary", onclick: () => act(continueTraining) },
    `Continue${time}`,
  );
  const discard = h("button", { type: "button", onclick: () => act(discardTraining) }, "Discard");
  const about = `It uses the ${count(training.reviewed, "line")} that were reviewed when it started.`;
  const since = more ? ` ${count(more, "line")} reviewed since: discard it to train with all of them.` : "";
  body.replaceChildren(
    ...(error ? [h("p", {}, error)] : []),
    h("div", { class: "toolbar" }, resume, discard),
    h("p", { class: "small" }, about, since),
  );
}

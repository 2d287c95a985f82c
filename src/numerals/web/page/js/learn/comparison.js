// @ts-check
// The new model beside the present one: figures, answers that changed, activation and rollback.

import { ApiError } from "../api.js";
import { picture } from "../batch/pictures.js";
import { count } from "../batches/progress.js";
import { askInDialog } from "../dialogs.js";
import { h } from "../dom.js";
import { activateModel, getTraining, rollBackModel } from "./training.js";

/** @typedef {import("./training.js").TrainingState} TrainingState */
/** @typedef {import("./training.js").Training} Training */
/** @typedef {import("./training.js").Result} Result */
/** @typedef {import("./training.js").Example} Example */
/** @typedef {import("./training.js").SetFigures} SetFigures */
/** @typedef {import("./train-panel.js").Act} Act */

/** @type {Record<string, string>} */
const SET_NAMES = {
  corrections: "Your held-out lines",
  composed: "Composed lines",
  orand: "Cheques",
  meza: "Log books",
  lectaurep: "Registers",
};
const KINDS = { better: "✓ Now right", worse: "✕ Now wrong", other: "Still wrong" };

/**
 * Return the comparison of a finished training.
 * @param {Training} training
 * @param {Result} result
 * @param {TrainingState} state
 * @param {Act} act
 */
export function comparison(training, result, state, act) {
  const badge = result.is_active && h("span", { class: "badge" }, "Active");
  return h(
    "section",
    { class: "comparison", "aria-labelledby": "comparison-title" },
    h("h2", { id: "comparison-title" }, "Before and after", badge),
    h("p", {}, verdict(result)),
    h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Figures" }, figures(result.sets)),
    examples(result),
    buttons(training, result, state, act),
    h("p", { class: "small", role: "status" }, note(result)),
  );
}

/** @param {Result} result */
function verdict({ sets, is_worse: isWorse, n_better: better, n_worse: worse }) {
  const own = sets.find(({ name }) => name === "corrections");
  const lines = own
    ? `Of your ${count(own.count, "held-out line")}, ${own.before} were read correctly before, ${own.after} are now. `
    : "";
  const changes = `In all, ${count(better, "answer")} became right and ${count(worse, "answer")} became wrong.`;
  return h("span", {}, isWorse && h("b", {}, "The new model is worse. "), lines + changes);
}

/** @param {SetFigures[]} sets */
function figures(sets) {
  const percent = (/** @type {number} */ n, /** @type {number} */ of) => `${((100 * n) / of).toFixed(1)}\u00a0%`;
  const rows = sets.map(({ name, count: n, before, after, p_value: p }) => {
    const change = (100 * (after - before)) / n;
    const sign = change > 0 ? "+" : change < 0 ? "−" : "±";
    const chance = after === before ? "" : p < 0.05 ? "significant" : "may be chance";
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, SET_NAMES[name] ?? name),
      [n.toLocaleString("en-GB"), percent(before, n), percent(after, n), sign + Math.abs(change).toFixed(1), chance].map(
        (cell) => h("td", {}, cell),
      ),
    );
  });
  const head = ["Lines", "Count", "Before", "After", "Change", ""];
  return h(
    "table",
    { "aria-label": "Numbers read correctly, before and after" },
    h("caption", {}, "Read correctly, of lines that were not used for training"),
    h("thead", {}, h("tr", {}, head.map((name) => (name ? h("th", { scope: "col" }, name) : h("td", {}))))),
    h("tbody", {}, rows),
  );
}

/** @param {Result} result */
function examples({ examples: chosen, n_better: better, n_worse: worse, n_other: other }) {
  if (!chosen.length) return h("p", { class: "small" }, "No held-out line is read differently.");
  const total = better + worse + other;
  const title =
    total > chosen.length
      ? `${chosen.length} of the ${total.toLocaleString("en-GB")} answers that changed, in their proportion`
      : `The ${count(total, "answer")} that changed`;
  return h(
    "div",
    {},
    h("h3", { id: "examples-title" }, title),
    h("ul", { class: "examples", "aria-labelledby": "examples-title" }, chosen.map(exampleItem)),
  );
}

/** @param {Example} example */
function exampleItem({ set, kind, text, before, after, crop, picture: pixels }) {
  const image = h("img", { alt: `Picture of ${text || "no number"}` });
  const shown = h("div", { class: "example-picture" }, image);
  if (pixels) image.src = pixels;
  else if (crop) loadCrop(image, crop);
  else image.replaceWith(deleted());
  const answer = (/** @type {string} */ name, /** @type {string} */ value) => [
    h("dt", {}, name),
    h("dd", {}, value || "nothing"),
  ];
  return h(
    "li",
    { class: `card example ${kind}` },
    shown,
    h("p", { class: "example-kind" }, KINDS[kind]),
    h("dl", {}, answer("Written", text), answer("Before", before), answer("After", after)),
    h("p", { class: "small" }, SET_NAMES[set] ?? set),
  );
}

/**
 * Show the picture of a reviewed line; an image element cannot send the access token.
 * @param {HTMLImageElement} image
 * @param {string} address
 */
async function loadCrop(image, address) {
  try {
    image.src = await picture(address);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    image.replaceWith(deleted());
  }
}

const deleted = () => h("span", { class: "small" }, "The picture was deleted.");

/**
 * @param {Training} training
 * @param {Result} result
 * @param {TrainingState} state
 * @param {Act} act
 */
function buttons({ script, kind }, result, { activated }, act) {
  const activate = h(
    "button",
    { type: "button", class: result.is_worse ? "" : "primary", onclick: () => act(() => activateOrAsk(result)) },
    "Activate",
  );
  const canRollBack = activated.some((each) => each.script === script && each.kind === kind);
  const rollBack = h(
    "button",
    { type: "button", onclick: () => act(() => rollBackModel(script, kind)) },
    "Roll back",
  );
  return h("div", { class: "toolbar" }, !result.is_active && activate, canRollBack && rollBack);
}

/** @param {Result} result */
async function activateOrAsk({ model }) {
  try {
    return await activateModel(model, false);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "worse_model") throw error;
    const isAgreed = await askInDialog({
      title: "Activate a worse model?",
      content: [h("p", {}, error.message), h("p", {}, "You can roll back to the present model at any time.")],
      action: "Activate anyway",
      isDangerous: true,
    });
    return isAgreed ? activateModel(model, true) : getTraining();
  }
}

/** @param {Result} result */
function note({ is_active: isActive, is_comparison_current: isCurrent }) {
  if (isActive) {
    return "Numbers are read with the new model from now on. What was read before stays as it is, until you read it again.";
  }
  const other = isCurrent ? "" : "Another model is in use than the one that was compared; both are compared again first. ";
  return `${other}The new model is not in use yet.`;
}

// @ts-check
// Explore: digits by class, similar digits, and the confusion matrix with the digits of a cell.

import { call } from "../api.js";
import { percent } from "../confidence.js";
import { $, button, fillSelect, h, select } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { confusionTable } from "./confusion.js";
import { digitItems, pixelsOf } from "./digits.js";

/**
 * @typedef {import("./digits.js").DataDigit} DataDigit
 * @typedef {{name: string, count: number, script: string, classes: string[], counts: number[] | null}} DataSet
 */

const PAGE_SIZE = 60; // digits per request
const N_SIMILAR = 24;

const notice = $("#explore-notice");
const dataSelect = select("#explore-data");
const modelSelect = select("#explore-model");
/** @type {DataSet[]} */
let dataSets = [];
let label = ""; // index of the selected class; "" for all
let offset = 0; // number of digits shown
let isSetUp = false;

export async function enter() {
  if (!isSetUp) setUp();
  if (!dataSets.length) await runWithNotice(notice, load, enter);
}

function setUp() {
  isSetUp = true;
  $("#explore-settings").addEventListener("submit", (event) => event.preventDefault());
  dataSelect.addEventListener("change", () => runWithNotice(notice, openDataSet));
  modelSelect.addEventListener("change", clearConfusion);
  $("#explore-more").addEventListener("click", () => runWithNotice(notice, showMore));
  $("#confusion-run").addEventListener("click", showConfusion);
}

async function load() {
  const status = $("#explore-status");
  status.textContent = "Loading data sets …";
  /** @type {[{data: DataSet[]}, {models: {name: string, kind: string}[]}]} */
  const [{ data }, { models }] = await Promise.all([call("v1/data"), call("v1/models")]).finally(
    () => {
      status.textContent = "";
    },
  );
  dataSets = data;
  fillSelect(
    dataSelect,
    data.map(({ name, count }) => pair(name, `${name} (${count.toLocaleString("en-GB")})`)),
    "mnist",
  );
  const digitModels = models.filter(({ kind }) => kind === "digits");
  fillSelect(
    modelSelect,
    digitModels.map(({ name }) => pair(name, name)),
    "latin-digit",
  );
  if (data.length) await openDataSet();
  else {
    status.textContent = "No data sets yet. Download one with “numerals data fetch mnist”.";
  }
  button("#confusion-run").disabled = !data.length || !digitModels.length;
}

/** @returns {[string, string]} */
const pair = (/** @type {string} */ value, /** @type {string} */ text) => [value, text];

const selectedDataSet = () =>
  /** @type {DataSet} */ (dataSets.find(({ name }) => name === dataSelect.value));

async function openDataSet() {
  label = "";
  $("#similar").hidden = true;
  clearConfusion();
  const script = selectedDataSet().script;
  const model = [...modelSelect.options].find(({ value }) => value.startsWith(script));
  if (model) modelSelect.value = model.value;
  showClasses();
  await restart();
}

function showClasses() {
  const { classes, counts } = selectedDataSet();
  /** @type {{value: string, name: string, count?: number}[]} */
  const options = [
    { value: "", name: "All" },
    ...classes.map((name, i) => ({ value: String(i), name, count: counts?.[i] })),
  ];
  $("#explore-classes").replaceChildren(
    ...options.map(({ value, name, count }) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-pressed": String(value === label),
          onclick: () => {
            label = value;
            showClasses();
            $("#explore-classes [aria-pressed=true]").focus();
            runWithNotice(notice, restart);
          },
        },
        h("b", {}, name),
        count != null && ` ${count.toLocaleString("en-GB")}`,
      ),
    ),
  );
}

async function restart() {
  offset = 0;
  $("#explore-digits").replaceChildren();
  await showMore();
}

async function showMore() {
  const { name, classes } = selectedDataSet();
  const requested = [name, label].join();
  const query = { label, offset, limit: PAGE_SIZE };
  const path = `v1/data/${encodeURIComponent(name)}/digits`;
  const { digits, total } = await call(path, { query });
  if (requested !== [dataSelect.value, label].join()) return; // the selection has changed
  offset += digits.length;
  const describe = (/** @type {DataDigit} */ { index, label: i }) => ({
    caption: label === "" ? classes[i] : "",
    name: `${classes[i] ?? "unlabelled"}, number ${index}`,
  });
  $("#explore-digits").append(...digitItems(digits, describe, showSimilar));
  $("#explore-status").textContent =
    `${offset.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")} shown`;
  $("#explore-more").hidden = digits.length < PAGE_SIZE || offset >= total;
}

/** @param {DataDigit} digit */
async function showSimilar(digit) {
  const { name } = selectedDataSet();
  const section = $("#similar");
  section.hidden = false;
  $("#similar-status").textContent = "Searching …";
  $("#similar-query").replaceChildren(
    h("img", {
      src: digit.picture,
      alt: "Selected digit",
      width: 112,
      height: 112,
      class: "query",
    }),
  );
  $("#similar-digits").replaceChildren();
  $("#similar-title").focus({ preventScroll: true });
  const reduceMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  section.scrollIntoView({ block: "nearest", behavior: reduceMotion ? "auto" : "smooth" });
  await runWithNotice(notice, async () => {
    const image = await pixelsOf(digit.picture);
    /** @type {{neighbours: DataDigit[]}} */
    const { neighbours } = await call("v1/similar", {
      json: { image },
      query: { data: name, k: N_SIMILAR + 1 },
    });
    // Leave out the digit itself.
    const others = neighbours
      .filter(({ picture }) => picture !== digit.picture)
      .slice(0, N_SIMILAR);
    const describe = (/** @type {DataDigit} */ { label: text, index, similarity = 0 }) => ({
      caption: `${text} · ${percent(similarity)}`,
      name: `${text}, number ${index}, ${percent(similarity)} similar`,
    });
    $("#similar-digits").replaceChildren(...digitItems(others, describe, showSimilar));
    $("#similar-status").textContent =
      `The ${others.length} most similar digits of ${name}, by cosine similarity`;
  });
}

function clearConfusion() {
  $("#confusion").replaceChildren();
  $("#cell").hidden = true;
  $("#confusion-status").textContent = "";
}

async function showConfusion() {
  const [name, data] = [modelSelect.value, dataSelect.value];
  $("#confusion-status").textContent = `Evaluating ${name} on ${data} …`;
  button("#confusion-run").disabled = true;
  const path = `v1/models/${encodeURIComponent(name)}/confusion`;
  const load = () => call(path, { query: { data } });
  const evaluation = await runWithNotice(notice, load, showConfusion);
  button("#confusion-run").disabled = false;
  if (!evaluation || name !== modelSelect.value || data !== dataSelect.value) {
    $("#confusion-status").textContent = "";
    return;
  }
  const accuracy = `${(100 * evaluation.accuracy).toFixed(2)}\u00a0%`;
  const count = evaluation.count.toLocaleString("en-GB");
  $("#confusion-status").textContent =
    `${name} on ${evaluation.data}: accuracy ${accuracy}, ${count} digits`;
  /** @type {import("./confusion.js").SelectCell} */
  const onselect = (truth, prediction) =>
    void runWithNotice(notice, () => showCell(path, evaluation.classes, truth, prediction, data));
  $("#confusion").replaceChildren(confusionTable(evaluation, onselect));
}

/**
 * @param {string} path
 * @param {string[]} classes
 * @param {number} truth
 * @param {number} prediction
 * @param {string} data
 */
async function showCell(path, classes, truth, prediction, data) {
  const query = { data, limit: PAGE_SIZE };
  const { digits } = await call(`${path}/${truth}/${prediction}`, { query });
  $("#cell").hidden = false;
  $("#cell-title").textContent =
    truth === prediction
      ? `${classes[truth]} read correctly`
      : `${classes[truth]} read as ${classes[prediction]}`;
  const describe = (/** @type {DataDigit} */ { index, confidence = 0 }) => ({
    caption: percent(confidence),
    name: `${classes[truth]}, number ${index}, read as ${classes[prediction]}`,
  });
  $("#cell-digits").replaceChildren(...digitItems(digits, describe, showSimilar));
  $("#cell-title").focus({ preventScroll: true });
}

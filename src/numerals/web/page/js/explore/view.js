// Explore: digits by class, look-alikes, and the confusion matrix with the digits behind it.

import { call } from "../api.js";
import { percent } from "../confidence.js";
import { $, fillSelect, h } from "../dom.js";
import { guarded } from "../notices.js";
import { confusionTable } from "./confusion.js";
import { digitItems, listOf, pixelsOf } from "./digits.js";

const STEP = 60; // digits a request
const N_ALIKE = 24;

const notice = $("#explore-notice");
const dataSelect = $("#explore-data");
const modelSelect = $("#explore-model");
let sets = [];
let label = "";
let offset = 0;
let isSetUp = false;

export async function enter() {
  if (!isSetUp) setUp();
  if (!sets.length) await guarded(notice, load, enter);
}

function setUp() {
  isSetUp = true;
  $("#explore-settings").addEventListener("submit", (event) => event.preventDefault());
  dataSelect.addEventListener("change", () => guarded(notice, openData));
  modelSelect.addEventListener("change", clearConfusion);
  $("#explore-more").addEventListener("click", () => guarded(notice, showMore));
  $("#confusion-run").addEventListener("click", showConfusion);
}

async function load() {
  const status = $("#explore-status");
  status.textContent = "Looking which digits are on this machine …";
  const [{ data }, { models }] = await Promise.all([call("v1/data"), call("v1/models")]).finally(
    () => {
      status.textContent = "";
    },
  );
  sets = data;
  fillSelect(
    dataSelect,
    data.map(({ name, count }) => [name, `${name} (${count.toLocaleString("en-GB")})`]),
    "mnist",
  );
  const readers = models.filter(({ kind }) => kind === "digits");
  fillSelect(
    modelSelect,
    readers.map(({ name }) => [name, name]),
    "latin-digit",
  );
  if (data.length) await openData();
  else {
    status.textContent =
      "No data set is on this machine yet: “numerals data fetch mnist” gets one.";
  }
  $("#confusion-run").disabled = !data.length || !readers.length;
}

const chosenSet = () => sets.find(({ name }) => name === dataSelect.value);

async function openData() {
  label = "";
  $("#alike").hidden = true;
  clearConfusion();
  const script = chosenSet().script;
  const model = [...modelSelect.options].find(({ value }) => value.startsWith(script));
  if (model) modelSelect.value = model.value;
  showClasses();
  await restart();
}

function showClasses() {
  const { classes, counts } = chosenSet();
  const choices = [["", "all"], ...classes.map((name, at) => [String(at), name, counts?.[at]])];
  $("#explore-classes").replaceChildren(
    ...choices.map(([value, name, count]) =>
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
            guarded(notice, restart);
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
  const { name, classes } = chosenSet();
  const asked = [name, label].join();
  const query = { label, offset, limit: STEP };
  const { digits, total } = listOf(
    await call(`v1/data/${encodeURIComponent(name)}/digits`, { query }),
  );
  if (asked !== [dataSelect.value, label].join()) return; // another class was chosen meanwhile
  offset += digits.length;
  const describe = ({ index, label: at }) => ({
    caption: label === "" ? classes[at] : "",
    spoken: `${classes[at] ?? "unlabelled"}, number ${index}`,
  });
  $("#explore-digits").append(...digitItems(digits, describe, showAlike));
  $("#explore-status").textContent =
    total === null
      ? `${offset} shown`
      : `${offset.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")} shown`;
  $("#explore-more").hidden = digits.length < STEP || (total !== null && offset >= total);
}

async function showAlike(digit) {
  const { name } = chosenSet();
  const section = $("#alike");
  section.hidden = false;
  $("#alike-status").textContent = "Looking …";
  $("#alike-query").replaceChildren(
    h("img", {
      src: digit.picture,
      alt: "The digit in question",
      width: 112,
      height: 112,
      class: "query",
    }),
  );
  $("#alike-digits").replaceChildren();
  $("#alike-title").focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  section.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  await guarded(notice, async () => {
    const image = await pixelsOf(digit.picture);
    const { neighbours } = await call("v1/similar", {
      json: { image },
      query: { data: name, k: N_ALIKE + 1 },
    });
    // The digit itself is no look-alike.
    const others = neighbours.filter(({ picture }) => picture !== digit.picture).slice(0, N_ALIKE);
    const describe = ({ label: shown, index, similarity }) => ({
      caption: `${shown} · ${percent(similarity)}`,
      spoken: `${shown}, number ${index}, ${percent(similarity)} alike`,
    });
    $("#alike-digits").replaceChildren(...digitItems(others, describe, showAlike));
    $("#alike-status").textContent =
      `The ${others.length} most similar digits of ${name}, by the cosine of their pixels.`;
  });
}

function clearConfusion() {
  $("#confusion").replaceChildren();
  $("#cell").hidden = true;
  $("#confusion-status").textContent = "";
}

async function showConfusion() {
  const [name, data] = [modelSelect.value, dataSelect.value];
  $("#confusion-status").textContent = `${name} reads ${data} …`;
  $("#confusion-run").disabled = true;
  const path = `v1/models/${encodeURIComponent(name)}/confusion`;
  const found = await guarded(notice, () => call(path, { query: { data } }), showConfusion);
  $("#confusion-run").disabled = false;
  if (!found || name !== modelSelect.value || data !== dataSelect.value) {
    $("#confusion-status").textContent = "";
    return;
  }
  const right = `${(100 * found.accuracy).toFixed(2)}\u00a0% right`;
  $("#confusion-status").textContent =
    `${name} reads ${found.data}: ${right} of ${found.count.toLocaleString("en-GB")} digits.`;
  const onchoose = (truth, answer) =>
    guarded(notice, () => showCell(path, found.classes, truth, answer, data));
  $("#confusion").replaceChildren(confusionTable(found, onchoose));
}

async function showCell(path, classes, truth, answer, data) {
  const found = listOf(await call(`${path}/${truth}/${answer}`, { query: { data, limit: STEP } }));
  const isRight = truth === answer;
  $("#cell").hidden = false;
  $("#cell-title").textContent = isRight
    ? `${classes[truth]}, read right`
    : `${classes[truth]} taken for ${classes[answer]}`;
  const describe = ({ index, confidence }) => ({
    caption: confidence == null ? "" : percent(confidence),
    spoken: `${classes[truth]}, number ${index}, read as ${classes[answer]}`,
  });
  $("#cell-digits").replaceChildren(...digitItems(found.digits, describe, showAlike));
  $("#cell-title").focus({ preventScroll: true });
}

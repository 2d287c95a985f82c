// @ts-check
// Try a form on filled-in sheets: the values over the picture, and in a list.

import { describe } from "../confidence.js";
import { h, icon } from "../dom.js";
import { notify } from "../notices.js";
import { placeAt } from "../photograph/overlay.js";
import { describeContent } from "./formats.js";
import { samplePicture, tryForm } from "./service.js";

/** @typedef {import("./service.js").Trial} Trial */
/** @typedef {import("./service.js").Value} Value */
/** @typedef {{name: string, trial: Trial | null, error: string}} Sheet */

const SAMPLES = ["sheet-1.jpg", "sheet-2.jpg"];
const LOW = 0.8;

/**
 * @param {object} options
 * @param {() => Promise<string | null>} options.save saves the form; resolves to its name
 * @param {() => import("./model.js").Form} options.getForm
 * @param {boolean} options.isSample whether the form is the sample form
 * @param {() => void} options.onBack
 */
export function makeTrial({ save, getForm, isSample, onBack }) {
  /** @type {Sheet[]} */
  let sheets = [];
  let shown = 0;
  const notice = h("p", { class: "notice", role: "alert", hidden: true });
  const status = h("p", { class: "small", role: "status" });
  const tabs = h("div", { class: "chips", role: "group", "aria-label": "Sheets" });
  const body = h("div", { class: "trial-body" });
  const chooser = h("input", { class: "visually-hidden", type: "file", accept: "image/*,.pdf,.tif,.tiff,.heic,application/pdf", multiple: true });
  chooser.addEventListener("change", async () => {
    const files = [...(chooser.files ?? [])];
    chooser.value = "";
    await readAll(files.map((file) => ({ name: file.name, load: async () => file })));
  });
  const sample = h("button", { type: "button", onclick: () => readAll(SAMPLES.map((name) => ({ name, load: () => samplePicture(name) }))) }, "Use the two sample sheets");
  const element = h(
    "div",
    { class: "trial", hidden: true },
    h(
      "div",
      { class: "toolbar" },
      h("button", { type: "button", onclick: onBack }, icon("back"), "Back to the boxes"),
      h("label", { class: "button primary" }, icon("folder"), "Choose filled-in sheets", chooser),
      isSample && sample,
    ),
    h("p", { class: "small" }, "The sheets are read with the boxes as they are now. Nothing is kept."),
    notice,
    status,
    tabs,
    body,
  );

  /** @param {{name: string, load: () => Promise<Blob>}[]} files */
  async function readAll(files) {
    if (!files.length) return;
    status.textContent = "Saving the form …";
    const name = await save();
    status.textContent = "";
    if (name === null) return;
    notify(notice, "");
    [sheets, shown] = [[], 0];
    for (const [at, file] of files.entries()) {
      status.textContent = `Reading ${file.name} (${at + 1} of ${files.length}) …`;
      sheets.push(await readSheet(name, file));
      show();
    }
    const nRead = sheets.filter(({ trial }) => trial).length;
    status.textContent = nRead === 1 ? "1 sheet was read." : `${nRead} sheets were read.`;
  }

  function show() {
    tabs.replaceChildren(
      ...sheets.map(({ name, error }, at) =>
        h(
          "button",
          { type: "button", class: "chip", "aria-pressed": String(at === shown), onclick: () => { shown = at; show(); } },
          h("b", {}, name),
          error ? " not read" : "",
        ),
      ),
    );
    const { trial, error, name } = sheets[shown];
    notify(notice, error);
    body.replaceChildren(...(trial ? [showPicture(trial, name), showValues(trial)] : []));
  }

  /** @param {Trial} trial */
  function showValues(trial) {
    const formats = new Map(getForm().fields.map((field) => [field.name, describeContent(field)]));
    const doubtful = new Set(trial.doubtful);
    return h(
      "div",
      { class: "trial-values" },
      h(
        "table",
        { class: "prose" },
        h("caption", {}, `${Math.round(100 * trial.agreement)} % of the print of the form was found on this sheet.`),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Field"), h("th", { scope: "col" }, "Read"), h("th", { scope: "col" }, "Note"))),
        h("tbody", {}, trial.fields.map((value) => showRow(value, doubtful.has(value.name), formats.get(value.name) ?? ""))),
      ),
      trial.relations.length > 0 && h("h2", {}, "Rules"),
      h("ul", { class: "rule-states" }, trial.relations.map(showRelation)),
    );
  }

  return {
    element,
    open() {
      element.hidden = false;
      /** @type {HTMLElement | null} */ (element.querySelector("button"))?.focus();
    },
    close() {
      element.hidden = true;
      [sheets, shown] = [[], 0];
      body.replaceChildren();
      tabs.replaceChildren();
      status.textContent = "";
      notify(notice, "");
    },
  };
}

/** @param {string} form @param {{name: string, load: () => Promise<Blob>}} file @returns {Promise<Sheet>} */
async function readSheet(form, { name, load }) {
  try {
    return { name, trial: await tryForm(form, await load(), name), error: "" };
  } catch (error) {
    return { name, trial: null, error: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {Trial} trial @param {string} name */
function showPicture(trial, name) {
  const sheet = h("div", { class: "form-sheet" }, h("img", { src: trial.picture, alt: `The sheet ${name}`, width: trial.width, height: trial.height }));
  for (const value of trial.fields) {
    const box = h("div", { class: `form-box value ${styleOf(value)}`, "aria-hidden": "true" }, h("span", { class: "box-name" }, value.text || "empty"));
    placeAt(box, value.box, trial);
    sheet.append(box);
  }
  return h("div", { class: "trial-picture" }, sheet);
}

/** @param {Value} value @param {boolean} isDoubtful @param {string} format */
function showRow(value, isDoubtful, format) {
  const notes = [];
  if (value.note) notes.push(`This field ${value.note}.`);
  else if (!value.accepted) notes.push(format ? `Expected: ${format}.` : "Uncertain.");
  if (value.changed) notes.push("Changed to fit the format or a rule.");
  if (isDoubtful && !notes.length) notes.push("A rule does not hold.");
  if (value.text && value.confidence < LOW && !notes.length) notes.push("Uncertain.");
  return h(
    "tr",
    { class: notes.length ? "doubtful" : "" },
    h("th", { scope: "row" }, value.name),
    h("td", {}, value.text ? h("b", {}, value.text) : h("span", { class: "small" }, "empty")),
    h("td", { class: "small" }, notes.join(" ") || (value.text ? describe(value.confidence) : "")),
  );
}

/** @param {{relation: string, holds: boolean | null}} state */
function showRelation({ relation, holds }) {
  const [mark, text] = holds ? ["✓", "holds"] : holds === false ? ["✕", "does not hold"] : ["–", "cannot be checked"];
  return h("li", { class: holds === false ? "broken" : "" }, h("span", { "aria-hidden": "true" }, mark), ` ${relation.replaceAll("<=", "≤")}: ${text}`);
}

/** @param {Value} value */
const styleOf = ({ accepted, changed, confidence, text }) =>
  !accepted || changed || (text && confidence < LOW) ? "low" : "high";

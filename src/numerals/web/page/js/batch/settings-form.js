// @ts-check
// The settings with which files are read, explained, with menus.

import { templateNames } from "../batches/batches.js";
import { fillSelect, h } from "../dom.js";
import { makeFormatMenu } from "../format-menu.js";
import { callOnce } from "../service-info.js";

/** @typedef {import("../batches/batches.js").Options} Options */

/** @type {[string, string][]} */
const LAYOUTS = [
  ["page", "Numbers anywhere on a page"],
  ["table", "A table with rows and columns"],
  ["field", "One number in each picture"],
  ["digit", "One digit in each picture"],
];
/** @type {[string, string][]} */
const TURNS = [
  ["auto", "Find out"],
  ["0", "Pages are upright"],
  ["90", "Turn by 90° clockwise"],
  ["180", "Turn by 180°"],
  ["270", "Turn by 90° counterclockwise"],
];
/** @type {[string, string][]} */
const ERROR_LIMITS = [
  ["", "No limit"],
  ["0.05", "5 of 100 numbers may be wrong"],
  ["0.01", "1 of 100 numbers may be wrong"],
  ["0.001", "1 of 1,000 numbers may be wrong"],
];
/** @type {[string, string][]} */
const CONFIDENCES = [
  ["0", "None"],
  ["0.5", "50 %"],
  ["0.8", "80 %"],
  ["0.9", "90 %"],
  ["0.95", "95 %"],
  ["0.99", "99 %"],
];
/** @type {[string, string][]} */
const DPI = [
  ["100", "100 dpi, fast"],
  ["200", "200 dpi"],
  ["300", "300 dpi"],
  ["400", "400 dpi, for small writing"],
];

/** @type {Options} */
export const DEFAULTS = {
  script: "latin",
  layout: "page",
  format: "",
  turn: "auto",
  printed: false,
  dpi: 200,
  min_confidence: 0,
  max_error: null,
  only: "",
};

/**
 * Return the controls of the settings, and a function that returns what is chosen.
 * @param {Options} options current settings
 * @param {string[]} templates names of the forms that are chosen now
 * @returns {Promise<{element: HTMLElement, read: () => {options: Options, templates: string[]}}>}
 */
export async function makeSettingsForm(options, templates) {
  const [controls, names] = await Promise.all([makeOptionControls(options), templateNames()]);
  const forms = names.map((name) => formCheckbox(name, templates.includes(name)));
  const chosenForms = () => forms.filter(({ box }) => box.checked).map(({ name }) => name);
  const formGroup = h(
    "fieldset",
    { class: "setting-forms", hidden: !forms.length },
    h("legend", {}, "Forms"),
    forms.map(({ element }) => element),
    h("p", { class: "small" }, "With several forms, each page is matched by its print."),
  );
  const update = () => controls.setForms(chosenForms().length > 0);
  formGroup.addEventListener("change", update);
  update();
  return {
    element: h("div", { class: "read-settings" }, formGroup, controls.element),
    read: () => ({ templates: chosenForms(), options: controls.read() }),
  };
}

/**
 * Return the controls of the options, without the forms.
 * @param {Options} options
 * @returns {Promise<{element: HTMLElement, setForms: (isForms: boolean) => void, read: () => Options}>}
 */
export async function makeOptionControls(options) {
  const { scripts } = await callOnce("v1/scripts");
  const layout = select(LAYOUTS, options.layout);
  const script = select(scripts.map(scriptOption), options.script);
  const turn = select(TURNS, options.turn);
  const format = makeFormatMenu({ id: "settings-format", onchange: () => {} });
  format.set(String(options.format ?? ""));
  const argument = /** @type {HTMLInputElement} */ (format.element.querySelector("input"));
  const limit = select(ERROR_LIMITS, options.max_error ?? "");
  const confidence = select(CONFIDENCES, options.min_confidence ?? 0);
  const dpi = select(DPI, options.dpi);
  const printed = checkbox(Boolean(options.printed));
  const onlyDigits = checkbox(options.only === "digits");
  const confidenceNote = h("span", { class: "small" });
  const pageSettings = h(
    "div",
    { class: "setting-grid" },
    setting("What is on the pages", layout, "The first choice also finds tables."),
    h("div", {}, h("label", { for: "settings-format" }, "Format of the numbers"), format.element, h("p", { id: "settings-format-help", class: "small" }, "Helps with digits that could be two things, such as 1 and 7.")),
    setting("Rotation", turn, "Set it if pages were turned the wrong way."),
    h(
      "div",
      {},
      h("label", { class: "switch" }, printed, h("span", {}, "Also read printed numbers")),
      h("label", { class: "switch" }, onlyDigits, h("span", {}, "Leave out signs and spaces")),
    ),
  );
  const element = h(
    "div",
    {},
    pageSettings,
    h(
      "div",
      { class: "setting-grid" },
      setting("Digits are", script, "The digits that people wrote."),
      setting("Errors", limit, "Numbers that are wrong more often are marked for checking."),
      h("label", {}, h("span", {}, "Minimum confidence"), confidence, confidenceNote),
      setting("PDF pages", dpi, "Higher values read small writing better, but more slowly."),
    ),
  );
  /** Disable what the service does not accept for the layout, and ask for the argument of a format. */
  const update = () => {
    const isPage = layout.value === "page";
    turn.disabled = !isPage && layout.value !== "table";
    printed.disabled = !isPage;
    format.select.disabled = layout.value === "digit";
    argument.disabled = format.select.disabled;
    argument.required = !pageSettings.hidden && !argument.closest("[hidden]");
  };
  pageSettings.addEventListener("change", update);
  update();
  return {
    element,
    /** Hide what the fields of forms say themselves. @param {boolean} isForms */
    setForms(isForms) {
      pageSettings.hidden = isForms;
      update();
      confidenceNote.textContent = isForms
        ? "Less certain values are marked for checking."
        : "Less certain digits are shown as ?, and their number is marked for checking.";
    },
    read: () => ({
      ...options,
      layout: layout.value,
      script: script.value,
      turn: turn.disabled ? "auto" : turn.value,
      format: format.select.disabled ? "" : (format.value() ?? ""),
      min_confidence: Number(confidence.value),
      max_error: limit.value ? Number(limit.value) : null,
      dpi: Number(dpi.value),
      printed: printed.checked && !printed.disabled,
      only: onlyDigits.checked ? "digits" : "",
    }),
  };
}

/** @param {boolean} isChecked */
function checkbox(isChecked) {
  const box = h("input", { type: "checkbox" });
  box.checked = isChecked;
  return box;
}

/** @param {string} name @returns {[string, string]} */
function scriptOption(name) {
  const text = name === "auto" ? "Find out" : name[0].toUpperCase() + name.slice(1);
  return [name, text];
}

/**
 * Return a menu; a value that it lacks, such as one set by a program, is added.
 * @param {[string, string][]} choices
 * @param {unknown} value
 */
function select(choices, value) {
  const chosen = String(value ?? choices[0][0]);
  /** @type {[string, string][]} */
  const all = choices.some(([each]) => each === chosen) ? choices : [...choices, [chosen, chosen]];
  const element = h("select", {});
  fillSelect(element, all, chosen);
  return element;
}

/** @param {string} name @param {boolean} isChosen */
function formCheckbox(name, isChosen) {
  const box = checkbox(isChosen);
  return { name, box, element: h("label", { class: "switch" }, box, h("span", {}, name)) };
}

/** @param {string} label @param {HTMLElement} control @param {string} note */
const setting = (label, control, note) =>
  h(
    "label",
    {},
    h("span", {}, label),
    control,
    note && h("span", { class: "small" }, note),
  );

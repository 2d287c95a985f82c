// @ts-check
// The settings with which files are read, explained, with menus.

import { templateNames } from "../batches/batches.js";
import { fillSelect, h } from "../dom.js";
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
const DPI = [
  ["100", "100 dpi, fast"],
  ["200", "200 dpi"],
  ["300", "300 dpi"],
  ["400", "400 dpi, for small writing"],
];

/**
 * Return the controls of the settings, and a function that returns what is chosen.
 * @param {Options} options current settings
 * @param {string[]} templates names of the forms that are chosen now
 * @returns {Promise<{element: HTMLElement, read: () => {options: Options, templates: string[]}}>}
 */
export async function makeSettingsForm(options, templates) {
  const [{ scripts }, { formats }, names] = await Promise.all([
    callOnce("v1/scripts"),
    callOnce("v1/formats"),
    templateNames(),
  ]);
  const layout = select(LAYOUTS, options.layout);
  const script = select(scripts.map(scriptOption), options.script);
  const turn = select(TURNS, options.turn);
  const format = formatInput(formats, options.format);
  const limit = select(ERROR_LIMITS, options.max_error ?? "");
  const dpi = select(DPI, options.dpi);
  const printed = h("input", { type: "checkbox" });
  printed.checked = Boolean(options.printed);
  const forms = names.map((name) => formCheckbox(name, templates.includes(name)));
  const chosenForms = () => forms.filter(({ box }) => box.checked).map(({ name }) => name);

  const formGroup = h(
    "fieldset",
    { class: "setting-forms", hidden: !forms.length },
    h("legend", {}, "Forms"),
    forms.map(({ element }) => element),
    h("p", { class: "small" }, "With several forms, each page is matched by its print."),
  );
  const pageSettings = h(
    "div",
    { class: "setting-grid" },
    setting("What is on the pages", layout, ""),
    setting("Format of the numbers", format, "Helps with digits that could be two things, such as 1 and 7."),
    setting("Rotation", turn, ""),
  );
  const element = h(
    "div",
    { class: "read-settings" },
    formGroup,
    pageSettings,
    h(
      "div",
      { class: "setting-grid" },
      setting("Digits are", script, ""),
      setting("Errors", limit, "Numbers above the limit are marked for checking."),
      setting("PDF pages", dpi, "Higher values read small writing better, but more slowly."),
      h("label", { class: "switch" }, printed, h("span", {}, "Also read printed numbers")),
    ),
  );
  const update = () => {
    pageSettings.hidden = chosenForms().length > 0; // fields of a form say what they hold
  };
  formGroup.addEventListener("change", update);
  update();

  return {
    element,
    read: () => ({
      templates: chosenForms(),
      options: {
        ...options,
        layout: layout.value,
        script: script.value,
        turn: turn.value,
        format: format.value.trim(),
        max_error: limit.value ? Number(limit.value) : null,
        dpi: Number(dpi.value),
        printed: printed.checked,
      },
    }),
  };
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

/** @param {{spec: string, description: string}[]} formats @param {unknown} value */
function formatInput(formats, value) {
  const list = h(
    "datalist",
    { id: "settings-formats" },
    formats.map(({ spec, description }) => h("option", { value: spec }, description)),
  );
  const input = h("input", {
    list: "settings-formats",
    placeholder: "Any number",
    autocomplete: "off",
    spellcheck: "false",
  });
  input.value = String(value ?? "");
  return Object.assign(input, { datalist: list });
}

/** @param {string} name @param {boolean} isChosen */
function formCheckbox(name, isChosen) {
  const box = h("input", { type: "checkbox" });
  box.checked = isChosen;
  return { name, box, element: h("label", { class: "switch" }, box, h("span", {}, name)) };
}

/** @param {string} label @param {HTMLElement & {datalist?: HTMLElement}} control @param {string} note */
const setting = (label, control, note) =>
  h(
    "label",
    {},
    h("span", {}, label),
    control,
    control.datalist ?? null,
    note && h("span", { class: "small" }, note),
  );

// @ts-check
// Start a stack of forms: choose the form, then the scans.

import { ApiError } from "../api.js";
import { templateNames } from "../batches/batches.js";
import { DEFAULTS, makeOptionControls } from "../batch/settings-form.js";
import { askInDialog } from "../dialogs.js";
import { h } from "../dom.js";
import { filesOfInput } from "../upload/chosen-files.js";
import { startBatch } from "../upload/start-batch.js";
import { startSampleForms } from "./samples.js";

/** Ask for the forms and the files of a stack, and start it. */
export async function askForStack() {
  const names = await templateNames();
  if (!names.length) return explainForms();
  const boxes = names.map((name) => {
    const box = h("input", { type: "checkbox", value: name });
    box.checked = names.length === 1;
    return box;
  });
  /** @type {import("../upload/chosen-files.js").ChosenFile[]} */
  let files = [];
  const chosen = h("p", { class: "small", role: "status" }, "No files chosen yet.");
  const chooser = (/** @type {string} */ text, /** @type {Record<string, boolean>} */ attributes) => {
    const input = h("input", { type: "file", class: "visually-hidden", multiple: true, ...attributes });
    input.addEventListener("change", () => {
      files = filesOfInput(input);
      chosen.textContent = files.length === 1 ? files[0].path : `${files.length} files chosen.`;
    });
    return h("label", { class: "button" }, text, input);
  };
  const controls = await makeOptionControls(DEFAULTS);
  controls.setForms(true);
  const name = h("input", { maxlength: 200, autocomplete: "off", placeholder: "Ferry sheets, January" });
  const isAgreed = await askInDialog({
    title: "A stack of forms",
    content: [
      h(
        "fieldset",
        { class: "setting-forms" },
        h("legend", {}, "Which form?"),
        boxes.map((box, at) => h("label", { class: "switch" }, box, h("span", {}, names[at]))),
        h("p", { class: "small" }, "With several forms, each page is matched by its print. ", formsLink("Edit forms")),
      ),
      h("div", { class: "toolbar" }, chooser("Choose a folder", { webkitdirectory: true }), chooser("Choose files", {})),
      chosen,
      h("label", {}, "Name of the stack", name),
      h("details", { class: "panel" }, h("summary", {}, "Settings"), controls.element),
    ],
    action: "Read them",
    isWide: true,
  });
  if (!isAgreed) return undefined;
  const templates = boxes.filter(({ checked }) => checked).map(({ value }) => value);
  if (!templates.length) throw new ApiError(422, "Choose the form that was filled in.");
  const label = name.value.trim();
  return startBatch(files, { templates, options: controls.read(), ...(label ? { name: label } : {}) });
}

/** Explain what a stack needs to somebody who has no form yet. */
async function explainForms() {
  const isSample = await askInDialog({
    title: "First, show your form",
    content: [
      h("p", {}, "numerals has to know where the fields of your form are. You show it once, on a blank or filled-in sheet."),
      h("p", {}, formsLink("Set up a form")),
    ],
    action: "Try it with a sample",
  });
  if (isSample) await startSampleForms();
}

/** @param {string} text */
function formsLink(text) {
  const link = h("a", { href: "#forms" }, text);
  link.addEventListener("click", () => link.closest("dialog")?.close());
  return link;
}


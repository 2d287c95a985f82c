// @ts-check
// The settings of the selected field: name, format, cells, required, and its rules.

import { h } from "../dom.js";
import { CHOICES, GROUPS, choiceOf } from "./formats.js";
import { changeField } from "./model.js";
import { makeRosterEditor } from "./roster-editor.js";

/** @typedef {import("./model.js").Form} Form */
/** @typedef {import("./model.js").Field} Field */
/** @typedef {import("./formats.js").Choice} Choice */

/**
 * @typedef {object} EditorActions
 * @property {(form: Form, topic?: string) => void} onEdit
 * @property {(id: string) => void} onNext
 * @property {(id: string) => void} onRemove
 */

/**
 * Return the form controls of a field. They stay while the field is edited; `refresh` shows changes
 * that were made elsewhere, such as by undo.
 * @param {() => Form} getForm @param {string} id @param {EditorActions} actions
 */
export function makeFieldEditor(getForm, id, actions) {
  const field = () => /** @type {Field} */ (getForm().fields.find((each) => each.id === id));
  const edit = (/** @type {Partial<Field>} */ changes, topic = "") =>
    actions.onEdit(changeField(getForm(), id, changes), topic && `${topic} ${id}`);

  const name = h("input", { id: "field-name", autocomplete: "off", spellcheck: "false", maxlength: 100, enterkeyhint: "next" });
  name.addEventListener("input", () => edit({ name: name.value }, "name"));
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    actions.onNext(id);
  });
  const problem = h("p", { class: "field-problem", role: "status", hidden: true });

  const menu = h(
    "select",
    { id: "field-format", "aria-describedby": "format-example" },
    GROUPS.map(([label, choices]) =>
      h("optgroup", { label }, choices.map(({ key, text }) => h("option", { value: key }, text))),
    ),
  );
  const example = h("p", { id: "format-example", class: "small" });
  const parts = h("div", { class: "format-parts" });
  menu.addEventListener("change", () => {
    const choice = /** @type {Choice} */ (CHOICES.find(({ key }) => key === menu.value));
    const { unique: _, ...stack } = field().stack;
    edit({
      format: choice.spec((choice.parts ?? []).map(({ first }) => first)),
      roster: choice.roster ? (field().roster ?? []) : null,
      ...(choice.roster && { stack: choice.roster.unique ? { ...stack, unique: true } : stack }),
    });
    showFormat();
    /** @type {HTMLElement | null} */ (parts.querySelector("input, select, textarea"))?.focus();
  });

  const cells = h("input", { id: "field-cells", type: "number", min: 0, max: 100, step: 1, inputmode: "numeric" });
  cells.addEventListener("input", () => edit({ cells: Math.max(0, Math.min(100, Math.round(Number(cells.value) || 0))) }, "cells"));
  const required = h("input", { type: "checkbox" });
  required.addEventListener("change", () => edit({ required: required.checked }));

  const unique = h("input", { type: "checkbox" });
  unique.addEventListener("change", () => {
    const { unique: _, ...rest } = field().stack;
    edit({ stack: unique.checked ? { ...rest, unique: true } : rest });
  });
  const ascending = h("input", { type: "checkbox" });
  ascending.addEventListener("change", () => {
    const { after: _, strict: __, max_step: ___, start: ____, ...rest } = field().stack;
    edit({ stack: ascending.checked ? { ...rest, after: "previous form" } : rest });
  });

  const maxStep = stackInput("max_step");
  const start = stackInput("start");
  const steps = h(
    "div",
    { class: "format-parts" },
    h("label", {}, "At most larger by", maxStep),
    h("label", {}, "First number at least", start),
  );
  /** @type {ReturnType<typeof makeRosterEditor> | null} */
  let rosterEditor = null;

  const element = h(
    "div",
    { class: "field-editor" },
    h("label", { for: "field-name" }, "Name of the field"),
    name,
    problem,
    h("label", { for: "field-format" }, "What is written there"),
    menu,
    example,
    parts,
    h("label", { for: "field-cells" }, "Printed cells, one digit in each (0: none)"),
    cells,
    h("label", { class: "switch" }, required, h("span", {}, "Must be filled in")),
    h("label", { class: "switch" }, unique, h("span", {}, "Each number only once in a stack")),
    h("label", { class: "switch" }, ascending, h("span", {}, "Not smaller than on the sheet before")),
    steps,
  );

  /** @param {"max_step" | "start"} key */
  function stackInput(key) {
    const control = h("input", { inputmode: "decimal", autocomplete: "off", spellcheck: "false", maxlength: 40, placeholder: "any" });
    control.addEventListener("input", () => {
      const { [key]: _, ...rest } = field().stack;
      const value = control.value.trim();
      edit({ stack: value ? { ...rest, [key]: value } : rest }, key);
    });
    return control;
  }

  function showFormat() {
    const parsed = choiceOf(field());
    const choice = parsed?.choice ?? CHOICES[CHOICES.length - 1];
    menu.value = choice.key;
    example.textContent = parsed ? `Example: ${choice.example}` : `This format is “${field().format}”.`;
    if (choice.roster) return showRoster(field().roster ?? []);
    rosterEditor = null;
    parts.replaceChildren(...(choice.parts ?? []).map((part, at) => makePart(choice, part, at, parsed?.values ?? [])));
  }

  /** Show a list, unless the editor shows it already. @param {string[]} values */
  function showRoster(values) {
    if (rosterEditor?.values === values) return;
    rosterEditor = makeRosterEditor(values, (roster) => edit({ roster }, "roster"));
    parts.replaceChildren(rosterEditor.element);
  }

  /** @param {Choice} choice @param {import("./formats.js").Part} part @param {number} at @param {string[]} values */
  function makePart(choice, part, at, values) {
    const control =
      part.kind === "select"
        ? h("select", {}, (part.options ?? []).map(([value, text]) => h("option", { value }, text)))
        : h("input", part.kind === "number" ? { type: "number", min: 0, step: 1 } : { autocomplete: "off", spellcheck: "false" });
    control.value = values[at] ?? part.first;
    control.addEventListener("input", () => {
      const now = /** @type {HTMLInputElement[]} */ ([...parts.querySelectorAll("input, select, textarea")]);
      edit({ format: choice.spec(now.map(({ value }) => value)) }, "format");
    });
    return h("label", {}, part.label, control);
  }

  /** @param {Map<string, string>} problems */
  function refresh(problems) {
    if (name.value !== field().name) name.value = field().name;
    const isEditing = parts.contains(document.activeElement);
    if (!isEditing) showFormat();
    if (Number(cells.value) !== field().cells || cells.value === "") {
      if (document.activeElement !== cells) cells.value = String(field().cells);
    }
    required.checked = field().required;
    unique.checked = Boolean(field().stack.unique);
    ascending.checked = Boolean(field().stack.after);
    steps.hidden = !ascending.checked;
    if (document.activeElement !== maxStep) maxStep.value = field().stack.max_step ?? "";
    if (document.activeElement !== start) start.value = field().stack.start ?? "";
    problem.textContent = problems.get(id) ?? "";
    problem.hidden = !problems.has(id);
    if (problems.has(id)) name.setAttribute("aria-invalid", "true");
    else name.removeAttribute("aria-invalid");
  }

  return { element, refresh, name };
}

// @ts-check
// The lines of a page: selectable digits, a field to edit the line, and alternatives.

import { HIGH_CONFIDENCE, describe, level, percent } from "../confidence.js";
import { showDigits } from "../digits.js";
import { h, icon } from "../dom.js";
import { rejection } from "./results.js";

const MAX_ALTERNATIVES = 3;
const MIN_ALTERNATIVE_CONFIDENCE = 0.01; // beside a reading with high confidence

/**
 * @typedef {import("../types.js").Line} Line
 * @typedef {import("./results.js").Limits} Limits
 */

/**
 * @typedef {object} Actions
 * @property {(line: number, digit: number) => void} select
 * @property {(line: number, text: string) => string} correct returns why the text is refused, or ""
 * @property {(line: number) => import("./why.js").Panel} explain
 */

/** @typedef {Limits & {selected: import("./overlay.js").Selection | null, format: string, actions: Actions}} View */

/**
 * @param {HTMLElement} list
 * @param {import("../types.js").Page} page
 * @param {View} view
 */
export function showLines(list, page, view) {
  const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
  const items = page.lines.map((line, at) => lineItem(line, at, view));
  if (!items.length) {
    items.push(h("li", { class: "small" }, "No handwritten numbers found on this page"));
  }
  const element = document.activeElement;
  list.replaceChildren(...items);
  if (element instanceof HTMLElement && list.contains(element)) {
    element.focus({ preventScroll: true });
  } else if (focused >= 0) {
    const row = items[focused];
    const tabStop = row?.querySelector(".digits button[tabindex='0']");
    if (tabStop instanceof HTMLElement) tabStop.focus({ preventScroll: true });
  }
}

/**
 * Show whether the relations of a form hold for the numbers as they were read.
 * @param {HTMLElement} list
 * @param {import("../types.js").Page} page
 */
export function showRelations(list, { relations = [] }) {
  const names = { true: "correct", false: "does not hold", null: "cannot be checked" };
  list.hidden = relations.length === 0;
  list.replaceChildren(
    ...relations.map(({ relation, holds }) =>
      h(
        "li",
        { class: holds === false ? "broken" : "" },
        `${relation}: ${names[/** @type {"true"} */ (String(holds))]}`,
      ),
    ),
  );
}

/**
 * @param {Line} line
 * @param {number} at
 * @param {View} view
 */
function lineItem(line, at, view) {
  const { threshold, selected, actions } = view;
  const { button, panel } = actions.explain(at);
  const row = h("div", { class: "digits", role: "group", "aria-label": `Line ${at + 1}` });
  const digitsMatch = [...line.text.replace(/\s/g, "")].length === line.digits.length;
  if (digitsMatch) {
    const onselect = (/** @type {number} */ index) => actions.select(at, index);
    const digit = selected?.line === at ? selected.digit : -1;
    showDigits(row, line, { threshold, selected: digit, onselect });
  } else {
    const shown = line.text || (line.field && !line.corrected ? "empty" : "no number");
    row.append(h("span", { class: line.corrected ? "typed" : "plain" }, shown));
  }
  const { form, edit } = lineEditor(line, at, actions);
  return h(
    "li",
    {},
    line.field && h("p", { class: "field-name" }, line.field),
    h("div", { class: "line-row" }, row, edit),
    lineNote(line, view),
    form,
    alternativeChips(line, at, actions),
    !line.field && button,
    !line.field && panel,
  );
}

/**
 * Return a form to edit a line, and the button that opens it.
 * @param {Line} line
 * @param {number} at
 * @param {Actions} actions
 */
function lineEditor(line, at, actions) {
  const input = h("input", {
    "aria-label": `Correct text of line ${at + 1}`,
    autocomplete: "off",
    inputmode: "decimal",
    spellcheck: "false",
    maxlength: 200,
  });
  const problem = h("p", { class: "small input-problem", role: "status" });
  const empty = h("button", { type: "button", onclick: () => save("") }, "No number here");
  const save = (/** @type {string} */ text) => {
    problem.textContent = actions.correct(at, text);
  };
  const form = h(
    "form",
    { class: "line-edit", hidden: true },
    input,
    h("button", {}, "Save"),
    empty,
    problem,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) save(input.value.trim());
    else problem.textContent = "Enter the number, or choose “No number here”.";
  });
  const edit = h(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-label": `Edit line ${at + 1}`,
      "aria-expanded": "false",
      onclick: () => {
        form.hidden = !form.hidden;
        edit.setAttribute("aria-expanded", String(!form.hidden));
        input.value = line.text;
        if (!form.hidden) input.select();
      },
    },
    icon("edit"),
  );
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    edit.click();
    edit.focus();
  });
  return { form, edit };
}

/**
 * @param {Line} line
 * @param {View} view
 */
function lineNote(line, { format, maxError }) {
  if (line.corrected) {
    const text = line.isSaved ? "Corrected, saved" : "Corrected, on this page only";
    return h("p", { class: "line-note" }, h("span", { class: "key corrected" }, text));
  }
  const confidence = h(
    "span",
    { class: `key ${level(line.confidence)}` },
    describe(line.confidence),
  );
  const notes = [];
  const reason = rejection(line, maxError);
  if (line.note) notes.push(` ${line.note[0].toUpperCase()}${line.note.slice(1)}.`);
  else if (reason === "format") {
    notes.push(` Does not match ${format || "the format"}; copied as ?.`);
  }
  if (reason === "error") notes.push(" Too uncertain for the error limit; copied as ?.");
  if (line.changed) notes.push(" A more probable reading does not match the format.");
  return h("p", { class: "line-note" }, confidence, notes);
}

/**
 * @param {Line} line
 * @param {number} at
 * @param {Actions} actions
 */
function alternativeChips(line, at, actions) {
  const minConfidence = line.confidence >= HIGH_CONFIDENCE ? MIN_ALTERNATIVE_CONFIDENCE : 0;
  const alternatives = (line.alternatives ?? []).filter(
    ({ text, confidence }) => text && text !== line.text && confidence >= minConfidence,
  );
  if (!alternatives.length || line.corrected) return null;
  return h(
    "div",
    { class: "chips", role: "group", "aria-label": `Alternatives for line ${at + 1}` },
    alternatives
      .slice(0, MAX_ALTERNATIVES)
      .map(({ text, confidence }) =>
        h(
          "button",
          { type: "button", class: "chip", onclick: () => actions.correct(at, text) },
          h("b", {}, text),
          ` ${percent(confidence)}`,
        ),
      ),
  );
}

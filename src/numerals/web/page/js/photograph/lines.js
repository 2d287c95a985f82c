// The lines of a page: selectable digits, a field to edit the line, and alternatives.

import { HIGH_CONFIDENCE, describe, level, percent } from "../confidence.js";
import { showDigits } from "../digits.js";
import { h, icon } from "../dom.js";

const MAX_ALTERNATIVES = 3;
const MIN_ALTERNATIVE_CONFIDENCE = 0.01; // beside a reading with high confidence

/**
 * @param view.threshold digits with a lower confidence are shown as ?
 * @param view.selected  {line, digit} indices, or null
 * @param view.format    number format
 * @param view.actions   {select(line, digit), correct(line, text), explain(line)}
 */
export function showLines(list, page, view) {
  const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
  const items = page.lines.map((line, at) => lineItem(line, at, view));
  if (!items.length) {
    items.push(h("li", { class: "small" }, "No handwritten numbers found on this page"));
  }
  const element = document.activeElement;
  list.replaceChildren(...items);
  if (list.contains(element)) element.focus({ preventScroll: true });
  else if (focused >= 0) {
    const row = items[focused];
    row?.querySelector(".digits button[tabindex='0']")?.focus({ preventScroll: true });
  }
}

function lineItem(line, at, { threshold, selected, format, actions }) {
  const { button, panel } = actions.explain(at);
  const row = h("div", { class: "digits", role: "group", "aria-label": `Line ${at + 1}` });
  const digitsMatch = [...line.text.replace(/\s/g, "")].length === line.digits.length;
  if (digitsMatch) {
    const onselect = (index) => actions.select(at, index);
    const digit = selected?.line === at ? selected.digit : -1;
    showDigits(row, line, { threshold, selected: digit, onselect });
  } else {
    row.append(h("span", { class: "typed" }, line.text || "(empty)"));
  }
  const { form, edit } = lineEditor(line, at, actions);
  return h(
    "li",
    {},
    h("div", { class: "line-row" }, row, edit),
    lineNote(line, format),
    form,
    alternativeChips(line, at, actions),
    button,
    panel,
  );
}

/** Return a form to edit a line, and the button that opens it. */
function lineEditor(line, at, actions) {
  const input = h("input", {
    "aria-label": `Correct text of line ${at + 1}`,
    autocomplete: "off",
    inputmode: "decimal",
    spellcheck: "false",
    maxlength: 200,
  });
  const form = h("form", { class: "line-edit", hidden: true }, input, h("button", {}, "Save"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.correct(at, input.value.trim());
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

function lineNote(line, format) {
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
  if (line.accepted === false)
    notes.push(` Does not match ${format || "the format"}; copied as ?.`);
  if (line.changed) notes.push(" A more probable reading does not match the format.");
  return h("p", { class: "line-note" }, confidence, notes);
}

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

// The lines that were read: digits to choose, the whole line to type, other readings of it.

import { SURE, level, percent, word } from "../confidence.js";
import { showDigits } from "../digits.js";
import { h, icon } from "../dom.js";

const N_READINGS = 3;
const NOTABLE = 0.01;

/** @param actions {select(line, digit), correct(line, text)} */
export function showLines(list, page, { threshold, chosen, format, actions }) {
  const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
  const items = page.lines.map((line, at) =>
    item(line, at, { threshold, chosen, format, actions }),
  );
  if (!items.length)
    items.push(h("li", { class: "small" }, "No handwritten number was found on this page."));
  list.replaceChildren(...items);
  if (focused >= 0) {
    const row = items[focused];
    row?.querySelector(".digits button[tabindex='0']")?.focus({ preventScroll: true });
  }
}

function item(line, at, { threshold, chosen, format, actions }) {
  const row = h("div", { class: "digits", role: "group", "aria-label": `Line ${at + 1}` });
  const digitsMatch = [...line.text.replace(/\s/g, "")].length === line.digits.length;
  if (digitsMatch) {
    const selected = chosen?.line === at ? chosen.digit : -1;
    showDigits(row, line, { threshold, selected, onselect: (index) => actions.select(at, index) });
  } else {
    row.append(h("span", { class: "typed" }, line.text || "(empty)"));
  }
  const input = h("input", {
    "aria-label": `Line ${at + 1} as it should read`,
    autocomplete: "off",
    inputmode: "decimal",
    spellcheck: "false",
    maxlength: 200,
  });
  const form = h("form", { class: "line-edit", hidden: true }, input, h("button", {}, "Correct"));
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
  return h(
    "li",
    {},
    h("div", { class: "line-row" }, row, edit),
    note(line, format),
    form,
    others(line, at, actions),
  );
}

function note(line, format) {
  if (line.corrected) {
    const where = line.kept ? "kept for training" : "on this page only";
    return h(
      "p",
      { class: "line-note" },
      h("span", { class: "key corrected" }, `corrected, ${where}`),
    );
  }
  const sure = h(
    "span",
    { class: `key ${level(line.confidence)}` },
    `${percent(line.confidence)}, ${word(line.confidence)}`,
  );
  const told = [];
  if (line.accepted === false)
    told.push(` Not as ${format || "the format"} wants it: copied as ?.`);
  if (line.changed) told.push(" Another reading was likelier, which does not fit the format.");
  return h("p", { class: "line-note" }, sure, told);
}

function others(line, at, actions) {
  // Beside a reading that is sure, what is next to impossible would only be noise.
  const least = line.confidence >= SURE ? NOTABLE : 0;
  const readings = (line.alternatives ?? []).filter(
    ({ text, confidence }) => text && text !== line.text && confidence >= least,
  );
  if (!readings.length || line.corrected) return null;
  return h(
    "div",
    { class: "chips", role: "group", "aria-label": `Other readings of line ${at + 1}` },
    readings
      .slice(0, N_READINGS)
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

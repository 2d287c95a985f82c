// @ts-check
// A menu of number formats with examples, and a field for the argument of those that have one.

import { h } from "./dom.js";

/**
 * @typedef {object} Format
 * @property {string} spec as the service knows it; ends with a colon if it has an argument
 * @property {string} name
 * @property {string} example
 * @property {{label: string, example: string, pattern: RegExp}} [argument]
 */

/** @type {Format[]} */
export const FORMATS = [
  { spec: "", name: "Any number", example: "417, -12.50, 3/4" },
  { spec: "digits", name: "Digits only", example: "00417" },
  {
    spec: "digits:",
    name: "A fixed number of digits",
    example: "5550142867 for 10",
    argument: { label: "How many digits", example: "10, or 8-10", pattern: /^\d{1,3}(-\d{1,3})?$/ },
  },
  {
    spec: "range:",
    name: "A whole number within limits",
    example: "87 of 0-100",
    argument: { label: "From – to", example: "0-100", pattern: /^\d+-\d+(:\d+)?$/ },
  },
  { spec: "amount", name: "Amount of money", example: "1 250.00 or 1.250,-" },
  { spec: "date:dmy", name: "Date, day first", example: "31.12.2024" },
  { spec: "date:mdy", name: "Date, month first", example: "12/31/2024" },
  { spec: "date:ymd", name: "Date, year first", example: "2024-12-31" },
  { spec: "date", name: "Date, any order", example: "31.12.24 or 2024-12-31" },
  {
    spec: "phone:",
    name: "Telephone number of a country",
    example: "(555) 014-2867 for US",
    argument: { label: "Country, two letters", example: "US", pattern: /^[A-Z]{2}$/ },
  },
  {
    spec: "iban:",
    name: "Bank account (IBAN) of a country",
    example: "89 3704 0044 0532 0130 00 for DE",
    argument: { label: "Country, two letters", example: "DE", pattern: /^[A-Z]{2}$/ },
  },
  { spec: "isbn", name: "Book number (ISBN)", example: "978-3-16-148410-0" },
  { spec: "ean", name: "Article number (EAN)", example: "4006381333931" },
  { spec: "luhn", name: "Card number with check digit", example: "4111 1111 1111 1111" },
  {
    spec: "regex:",
    name: "Own pattern (regular expression)",
    example: "[AB]\\d{4}",
    argument: { label: "Pattern", example: "[AB]\\d{4}", pattern: /./ },
  },
];

/**
 * Build a menu of formats; returns its element and functions for its value.
 * @param {object} options
 * @param {string} options.id of the select, for labels and descriptions
 * @param {(spec: string) => void} options.onchange called with each complete spec
 */
export function makeFormatMenu({ id, onchange }) {
  const select = h(
    "select",
    { id, "aria-describedby": `${id}-help` },
    ...FORMATS.map(({ spec, name, example }) => h("option", { value: spec }, `${name} – ${example}`)),
  );
  const input = h("input", {
    id: `${id}-argument`,
    maxlength: 150,
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": `${id}-problem`,
  });
  const label = h("span", {});
  const argument = h("label", { class: "format-argument", hidden: true }, label, input);
  const problem = h("p", { id: `${id}-problem`, class: "small input-problem", role: "status" });
  let reported = "";

  const chosen = () => FORMATS.find(({ spec }) => spec === select.value) ?? FORMATS[0];

  /** Return the spec, or null while its argument is missing or invalid. */
  function value() {
    const { spec, argument: kind } = chosen();
    if (!kind) return spec;
    const text = input.value.trim();
    return kind.pattern.test(text) ? spec + text : null;
  }

  function show() {
    const { argument: kind } = chosen();
    argument.hidden = !kind;
    if (kind) {
      label.textContent = kind.label;
      input.placeholder = kind.example;
    }
  }

  function report() {
    const spec = value();
    const { argument: kind } = chosen();
    problem.textContent = spec === null && input.value && kind ? `For example: ${kind.example}` : "";
    if (spec === null || spec === reported) return;
    reported = spec;
    onchange(spec);
  }

  select.addEventListener("change", () => {
    input.value = "";
    show();
    report();
    if (!argument.hidden) input.focus();
  });
  let timer = 0;
  input.addEventListener("input", () => {
    input.value = /^[a-z]{1,2}$/.test(input.value) ? input.value.toUpperCase() : input.value;
    clearTimeout(timer);
    timer = setTimeout(report, 500);
  });
  input.addEventListener("change", report);
  return {
    element: h("div", { class: "format-menu" }, select, argument, problem),
    select,
    value,
    /** @param {string} spec */
    set(spec) {
      const format =
        FORMATS.find((each) => each.spec === spec) ??
        FORMATS.find((each) => each.argument && spec.startsWith(each.spec)) ??
        FORMATS[0];
      select.value = format.spec;
      input.value = format.argument ? spec.slice(format.spec.length) : "";
      reported = spec;
      show();
    },
  };
}

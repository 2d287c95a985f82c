// @ts-check
// Learn: the corrections, the commands to train with them, and the models with their figures.

import { ApiError, call } from "./api.js";
import { copyOnClick } from "./clipboard.js";
import { $, h, icon } from "./dom.js";
import { runWithNotice } from "./notices.js";

/** @typedef {{title: string, command: string}} Command */
/** @typedef {{from: string, to: string, by: string, at: string}} Correction */
/** @typedef {{total: number, corrections: Correction[], commands: Command[]}} Corrections */

/**
 * @typedef {object} Model
 * @property {string} name
 * @property {string} script
 * @property {string} kind
 * @property {string} characters
 * @property {boolean} active
 * @property {Record<string, unknown>} [figures]
 * @property {Record<string, unknown>} [training]
 */

const N_CORRECTIONS = 12; // rows in the table
// Shown if the service has no store, which would list the commands.
const COMMANDS = [
  {
    title: "Train with corrections and compare with the active model",
    command: "numerals train --recipe latin-line --with-corrections",
  },
];

export async function enter() {
  await runWithNotice($("#learn-notice"), show, enter);
}

async function show() {
  /** @type {[{models: Model[]}, Corrections | null, {waiting: number} | null]} */
  const [{ models }, stored, review] = await Promise.all([
    call("v1/models"),
    orNull(call("v1/corrections", { query: { limit: N_CORRECTIONS, newest: "true" } })),
    orNull(call("v1/review", { query: { limit: 1 } })),
  ]);
  /** @type {[number, string][]} */
  const facts = [
    [stored?.total ?? 0, "corrections"],
    [review?.waiting ?? 0, "unreviewed numbers"],
    [models.filter(({ active }) => active).length, "active models"],
  ];
  $("#learn-facts").replaceChildren(
    ...facts.map(([value, name]) =>
      h("p", { class: "fact" }, h("b", {}, value.toLocaleString("en-GB")), ` ${name}`),
    ),
  );
  $("#learn-corrections").replaceChildren(correctionsTable(stored));
  $("#learn-commands").replaceChildren(...(stored?.commands ?? COMMANDS).map(commandItem));
  $("#learn-models").replaceChildren(...models.map(modelCard));
}

/** Return the result of a call, or null if the service has no store (404). */
const orNull = (/** @type {Promise<any>} */ request) =>
  request.catch((error) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });

/** @param {Corrections | null} stored */
function correctionsTable(stored) {
  if (!stored) return h("p", { class: "small" }, "This service does not store corrections.");
  if (!stored.corrections.length) {
    const photograph = h("a", { href: "#photograph" }, "Read");
    const review = h("a", { href: "#review" }, "Review");
    const text = ["No corrections yet. Correct numbers in ", photograph, " or ", review, "."];
    return h("p", { class: "small" }, text);
  }
  const rows = stored.corrections.map(({ from, to, by, at }) => {
    const cells = [from || "–", h("b", {}, to), by || "–", new Date(at).toLocaleString()];
    return h("tr", {}, cells.map((cell) => h("td", {}, cell)));
  });
  const head = ["Read as", "Corrected to", "By", "Date"];
  const caption = stored.total > rows.length ? `Newest ${rows.length} of ${stored.total}` : "";
  return h(
    "table",
    { "aria-label": "Corrections" },
    caption && h("caption", {}, caption),
    h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows),
  );
}

/** @param {Command} command */
function commandItem({ title, command: text }) {
  const copy = h(
    "button",
    { type: "button", "aria-label": `Copy: ${title}` },
    icon("copy"),
    "Copy",
  );
  copyOnClick(copy, () => text);
  const code = h("code", { tabindex: 0 }, text);
  return h("li", {}, h("p", {}, title), h("div", { class: "command" }, code, copy));
}

/** @param {Model} model */
function modelCard({ name, script, kind, characters, active, figures, training }) {
  const reads = `Reads ${script} ${kind === "lines" ? "lines" : "digits"}: `;
  return h(
    "article",
    { class: "card model" },
    h("h3", {}, name, active && h("span", { class: "badge" }, "Active")),
    h("p", { class: "small" }, reads, h("span", { class: "characters" }, characters)),
    entriesTable("Figures", figures),
    entriesTable("Training", training),
  );
}

/**
 * @param {string} title
 * @param {Record<string, unknown>} [values]
 */
function entriesTable(title, values) {
  const entries = Object.entries(values ?? {}).filter(([, value]) => value !== "" && value != null);
  if (!entries.length) return null;
  const rows = entries.map(([name, value]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, name.replaceAll("_", " ")),
      h("td", {}, formatValue(name, value)),
    ),
  );
  return h("table", { class: "prose" }, h("caption", {}, title), h("tbody", {}, rows));
}

const PERCENTAGE_NAME = /accuracy|exact|coverage|precision|recall|error/i;

/**
 * Format a value of a model's metadata. Percentages are stored from 0 to 1 or from 0 to 100.
 * @param {string} name
 * @param {unknown} value
 */
function formatValue(name, value) {
  if (typeof value !== "number") return String(value);
  if (!PERCENTAGE_NAME.test(name) || value < 0 || value > 100) return value.toLocaleString("en-GB");
  const percentage = value <= 1 ? 100 * value : value;
  return `${percentage.toFixed(2)}\u00a0%`;
}

// @ts-check
// The models of the service, with their figures and how they were trained.

import { h } from "../dom.js";

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

/** @param {Model} model */
export function modelCard({ name, script, kind, characters, active, figures, training }) {
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

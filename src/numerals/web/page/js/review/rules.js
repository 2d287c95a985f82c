// @ts-check
// The relations between the fields of a form, with their current values.

import { h } from "../dom.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {import("../types.js").ItemPage} ItemPage */

/** @param {string} name */
export const fieldName = (name) => name.replaceAll("_", " ");

/**
 * Return list items for the rules of a page.
 * @param {ItemPage | null} page
 * @param {Record<string, string>} typed values that are being typed, by field
 * @param {string | null} [field] only the rules with this field
 */
export function ruleItems(page, typed, field = null) {
  const relations = (page?.relations ?? []).filter(({ names }) => !field || names.includes(field));
  return relations.map(({ kind, names }) => {
    const texts = names.map((name) => typed[name] ?? page?.values[name] ?? "");
    const holds = check(kind, texts, page?.decimal ?? null);
    const rule = join(kind, names.map(fieldName));
    const values = join(kind, texts.map((text) => text || "–"));
    const sign = holds === null ? "?" : holds ? "✓" : "✕";
    // Dates are no numbers either, but are in orders only.
    const isText = kind === "sum" && texts.some((text) => text && toNumber(text, page?.decimal ?? null) === null);
    const verdict = isText ? " cannot be checked: not a number" : holds === false ? (kind === "sum" ? " does not add up" : " is out of order") : "";
    return h(
      "li",
      { class: isText || holds === false ? "broken" : holds ? "holds" : "open" },
      h("span", {}, `${rule}${holds === null ? "?" : ""}`),
      h("b", {}, `${values} ${sign}${verdict}`),
    );
  });
}

/** @param {string} kind @param {string[]} parts */
function join(kind, parts) {
  if (kind !== "sum") return parts.join(" ≤ ");
  return `${parts.slice(0, -1).join(" + ")} = ${parts.at(-1)}`;
}

/** Return whether a relation holds; null if it cannot be checked. @param {string} kind @param {string[]} texts @param {string | null} decimal */
function check(kind, texts, decimal) {
  if (kind === "sum" && (!texts.at(-1) || !texts.slice(0, -1).some(Boolean))) return null;
  const values = texts.map((text) => toNumber(kind === "sum" ? text || "0" : text, decimal));
  if (values.some((value) => value === null)) return null;
  const numbers = /** @type {number[]} */ (values);
  if (kind !== "sum") return numbers.every((value, at) => at === 0 || numbers[at - 1] <= value);
  const sum = numbers.slice(0, -1).reduce((total, value) => total + value, 0);
  return Math.abs(sum - numbers[numbers.length - 1]) < 1e-6;
}

/** @param {string} text @param {string | null} decimal @returns {number | null} */
function toNumber(text, decimal) {
  const plain = text.replace(/[\s'’]/g, "");
  const point = decimal ?? (/^[^.]*,\d{1,2}$/.test(plain) ? "," : ".");
  const other = point === "," ? "." : ",";
  const number = plain.replaceAll(other, "").replace(point, ".");
  return /^-?\d+(\.\d+)?$/.test(number) ? Number(number) : null;
}

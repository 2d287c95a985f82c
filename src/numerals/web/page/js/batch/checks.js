// @ts-check
// What does not fit together in a stack of forms: missing and repeated numbers, sums; and forms that
// were changed after they were read.

import { h } from "../dom.js";
import { batchChecks } from "../batches/batches.js";
import { count } from "../batches/progress.js";
import { fieldName, shortName } from "./cells.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */
/** @typedef {import("../batches/batches.js").Sheet} Sheet */
/** @typedef {import("../batches/batches.js").Checks} Checks */
/** @typedef {import("../dom.js").Child} Child */

const DELAY = 600; // ms, so that a series of answers asks once
const MAX_SHOWN = 12; // numbers or sheets in a sentence

/**
 * @param {object} options
 * @param {(name: string) => void} options.onopen called with the name of a file that the user chooses
 * @param {() => string} options.getPrefix returns the folder of all files, which is not shown
 * @param {() => void} options.onreadagain
 */
export function makeChecks({ onopen, getPrefix, onreadagain }) {
  const changes = h("p", { class: "notice info", role: "status", hidden: true });
  const list = h("ul", {});
  const title = h("summary", {});
  const element = h("details", { class: "stack-checks", hidden: true, open: !matchMedia("(max-width: 47rem)").matches }, title, list);
  const status = h("p", { class: "visually-hidden", role: "status" });
  let timer = 0;
  let shownVersion = "";

  /** @param {Batch} batch */
  async function load(batch) {
    /** @type {Checks} */
    let found;
    try {
      found = await batchChecks(batch.id);
    } catch {
      shownVersion = ""; // the table shows such errors; the next change asks again
      return;
    }
    const links = (/** @type {Sheet[]} */ sheets) => linksTo(sheets, onopen, getPrefix());
    changes.hidden = !found.changed_forms.length;
    changes.replaceChildren(
      ...found.changed_forms.map(({ template, n_sheets: nSheets }) => `The form ${template} was changed after ${count(nSheets, "sheet")} ${nSheets === 1 ? "was" : "were"} read with it. `),
      h("button", { type: "button", onclick: onreadagain }, "Read again …"),
    );
    const sentences = describe(found, links);
    element.hidden = !sentences.length;
    const text = sentences.length === 1 ? "1 thing does not fit together" : `${sentences.length} things do not fit together`;
    if (title.textContent !== text) {
      title.textContent = text;
      status.textContent = sentences.length ? text : "";
    }
    list.replaceChildren(...sentences.map((parts) => h("li", {}, parts)));
  }

  return {
    element: h("div", {}, changes, element, status),
    /** Show what does not fit together once a batch is read. @param {Batch} batch */
    show(batch) {
      if (!batch.templates.length || batch.state !== "done" || batch.version === shownVersion) return;
      const isFirst = !shownVersion;
      shownVersion = batch.version;
      clearTimeout(timer);
      timer = window.setTimeout(() => load(batch), isFirst ? 0 : DELAY);
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Return a sentence for each thing that does not fit.
 * @param {Checks} checks
 * @param {(sheets: Sheet[]) => Child[]} links
 * @returns {Child[][]}
 */
function describe({ fields, relations }, links) {
  /** @type {Child[][]} */
  const found = [];
  for (const { field, listed, missing, n_missing: nMissing, duplicates, unlisted } of fields) {
    const name = fieldName(field);
    if (nMissing && listed) {
      const more = nMissing > MAX_SHOWN ? `, and ${nMissing - MAX_SHOWN} more` : "";
      found.push([h("b", {}, `${name}: no sheet for ${nMissing.toLocaleString("en-GB")} of ${listed.toLocaleString("en-GB")} on the list: `), `${missing.slice(0, MAX_SHOWN).join(", ")}${more}`]);
    }
    for (const { text, sheets } of duplicates) found.push([h("b", {}, `${name} ${text} is on ${sheets.length} sheets: `), ...links(sheets)]);
    for (const { text, sheets } of unlisted) found.push([h("b", {}, `${name} ${text} is not on the list: `), ...links(sheets)]);
  }
  for (const { relation, broken, unchecked, n_broken: nBroken, n_unchecked: nUnchecked } of relations) {
    const rule = relation.replaceAll("<=", "≤");
    const sheets = (/** @type {number} */ n) => (n === 1 ? "1 sheet" : `${n} sheets`);
    const verdict = relation.includes("<=") ? "is out of order" : "does not add up";
    if (nBroken) found.push([h("b", {}, `${rule} ${verdict} on ${sheets(nBroken)}: `), ...links(broken)]);
    if (nUnchecked) found.push([h("b", {}, `${rule} cannot be checked on ${sheets(nUnchecked)}, where a value is not a number: `), ...links(unchecked)]);
  }
  return found;
}

/** @param {Sheet[]} sheets @param {(name: string) => void} onopen @param {string} prefix @returns {Child[]} */
function linksTo(sheets, onopen, prefix) {
  const shown = sheets.slice(0, MAX_SHOWN).map(({ name, page }) => {
    const text = page > 1 ? `${shortName(name, prefix)}, page ${page}` : shortName(name, prefix);
    return h("button", { type: "button", class: "link", onclick: () => onopen(name) }, text);
  });
  return shown.flatMap((each, at) => (at ? [", ", each] : [each])).concat(sheets.length > MAX_SHOWN ? [" …"] : []);
}

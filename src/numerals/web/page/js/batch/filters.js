// @ts-check
// Which rows of a batch are shown: a filter and a search.

import { h, setText } from "../dom.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */

const SEARCH_DELAY = 250; // ms after the last key
const FILTERS = [
  ["all", "All"],
  ["uncertain", "To check"],
  ["failed", "Failed"],
  ["corrected", "Corrected"],
];

/** @param {(query: {filter?: string, search?: string}) => void} onchange */
export function makeFilters(onchange) {
  const radios = FILTERS.map(([value, text]) => {
    const radio = h("input", { type: "radio", name: "batch-filter", value });
    radio.addEventListener("change", () => onchange({ filter: value }));
    const number = h("b", { class: "filter-count" });
    return { value, radio, number, element: h("label", {}, radio, h("span", {}, text, number)) };
  });
  const search = h("input", {
    type: "search",
    placeholder: "Search names and numbers",
    "aria-label": "Search names and numbers",
    maxlength: 100,
  });
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => onchange({ search: search.value.trim() }), SEARCH_DELAY);
  });
  const status = h("span", { class: "small", role: "status" });
  const element = h(
    "div",
    { class: "batch-filters" },
    h("fieldset", { class: "segmented" }, h("legend", { class: "visually-hidden" }, "Show"), radios.map((each) => each.element)),
    search,
    status,
  );
  return {
    element,
    search,
    /** @param {{filter: string, search: string}} query */
    reset(query) {
      for (const { value, radio } of radios) radio.checked = value === query.filter;
      search.value = query.search;
    },
    /** @param {Batch} batch */
    showCounts({ files, to_review: toReview, failed, corrected }) {
      /** @type {Record<string, number>} */
      const counts = { all: files, uncertain: toReview, failed, corrected };
      for (const { value, number } of radios) setText(number, counts[value] ? ` ${counts[value]}` : "");
    },
    /** @param {string} text */
    say: (text) => setText(status, text),
  };
}

export const isFilter = (/** @type {string} */ name) => FILTERS.some(([value]) => value === name);

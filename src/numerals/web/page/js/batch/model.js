// @ts-check
// The rows of a batch's table. A batch of forms has one row per page, with a column per field; any
// other batch has one row per number. Items are loaded in pages as they come into view, so the
// number of rows of an item is a guess until then.

import { ApiError } from "../api.js";
import { listItems } from "../batches/batches.js";

/** @typedef {import("../batches/batches.js").Item} Item */
/** @typedef {import("../batches/batches.js").Row} Row */
/** @typedef {{filter: string, search: string, sort: string}} Query */
/** @typedef {{page: number | null, number: Row | null, fields: Map<string, Row> | null}} Content */
/**
 * One row of the table.
 * @typedef {object} TableRow
 * @property {number} index of the row in the table
 * @property {number} itemIndex
 * @property {Item | null} item null until it is loaded
 * @property {boolean} isFirst whether it is the first row of its item
 * @property {number | null} page
 * @property {Row | null} number its number, unless it is a form
 * @property {Map<string, Row> | null} fields its fields, for a form
 */

export const PAGE_SIZE = 100; // items in one request
const MAX_PAGES = 30; // pages of items that are kept
const MAX_WANTED = 2; // pages that are in view at most
const LOAD_DELAY = 60; // ms

export class TableModel {
  /**
   * @param {string} batch id
   * @param {object} options
   * @param {() => number} options.firstVisible returns the first visible row
   * @param {(shift: number) => void} options.onchange called after rows were loaded; the first
   *   visible row is now `shift` rows further down
   * @param {(error: ApiError) => void} options.onerror
   */
  constructor(batch, { firstVisible, onchange, onerror }) {
    this.batch = batch;
    this.firstVisible = firstVisible;
    this.onchange = onchange;
    this.onerror = onerror;
    /** @type {Query} */
    this.query = { filter: "all", search: "", sort: "name" };
    /** @type {string[]} */
    this.columns = [];
    this.total = 0;
    this.isLoaded = false;
    /** @type {Map<number, Item[]>} */
    this.pages = new Map();
    /** @type {Set<number>} */
    this.loading = new Set();
    /** @type {number[]} */
    this.wanted = []; // pages to load, the latest last
    this.timer = 0;
    this.generation = 0;
    /** @type {WeakMap<Item, Content[]>} */
    this.rows = new WeakMap();
    this.heights = new Int32Array(0); // rows of each item; 0 if unknown
    this.starts = new Int32Array(1);
  }

  get isForms() {
    return this.columns.length > 0;
  }

  /** Load the table again, with other choices. @param {Partial<Query>} query */
  async restart(query = {}) {
    Object.assign(this.query, query);
    this.generation += 1;
    this.pages.clear();
    this.loading.clear();
    this.heights = new Int32Array(0);
    this.total = 0;
    await this.load(0);
  }

  /** Load the pages of items again that are in view, after the service has read more. */
  async refresh(firstRow = 0, lastRow = 0) {
    const visible = new Set([this.#pageOfRow(firstRow), this.#pageOfRow(lastRow)]);
    for (const page of this.pages.keys()) if (!visible.has(page)) this.pages.delete(page);
    await Promise.all([...visible].map((page) => this.load(page)));
  }

  #pageOfRow(/** @type {number} */ row) {
    return Math.floor(this.#itemOfRow(row) / PAGE_SIZE);
  }

  /** Load a page soon, unless others are wanted meanwhile: the user may be scrolling past it. */
  #want(/** @type {number} */ page) {
    if (this.loading.has(page)) return;
    this.wanted = [...this.wanted.filter((each) => each !== page), page].slice(-MAX_WANTED);
    this.timer ||= window.setTimeout(() => {
      this.timer = 0;
      for (const each of this.wanted.splice(0)) this.load(each);
    }, LOAD_DELAY);
  }

  async load(/** @type {number} */ page) {
    if (this.loading.has(page)) return;
    this.loading.add(page);
    const { generation } = this;
    try {
      const query = { ...this.query, offset: page * PAGE_SIZE, limit: PAGE_SIZE };
      const answer = await listItems(this.batch, query);
      if (generation !== this.generation) return;
      this.#accept(page, answer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (generation === this.generation) this.onerror(error);
    } finally {
      if (generation === this.generation) this.loading.delete(page);
    }
  }

  /** @param {number} page @param {import("../batches/batches.js").ItemPage} answer */
  #accept(page, { total, columns, items }) {
    const anchor = this.firstVisible();
    const anchorItem = this.#itemOfRow(anchor);
    const offset = anchor - this.starts[anchorItem];
    this.columns = columns;
    this.isLoaded = true;
    if (total !== this.total) {
      const heights = new Int32Array(total);
      heights.set(this.heights.subarray(0, total));
      [this.heights, this.total] = [heights, total];
    }
    this.pages.delete(page);
    this.pages.set(page, items);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= MAX_PAGES) break;
      this.pages.delete(oldest);
    }
    items.forEach((item, at) => {
      this.heights[page * PAGE_SIZE + at] = this.#rowsOf(item).length;
    });
    this.#layOut();
    this.onchange(anchorItem < total ? this.starts[anchorItem] + offset - anchor : 0);
  }

  /** Compute the first row of each item; unknown ones count as the average. */
  #layOut() {
    let [known, sum] = [0, 0];
    for (const height of this.heights) {
      if (!height) continue;
      known += 1;
      sum += height;
    }
    const guess = Math.max(1, Math.round(sum / Math.max(known, 1)));
    this.starts = new Int32Array(this.total + 1);
    for (let at = 0; at < this.total; at += 1) {
      this.starts[at + 1] = this.starts[at] + (this.heights[at] || guess);
    }
  }

  /** Take over what the service says now about an item; an answer may make others uncertain. */
  merge(/** @type {Item} */ detail) {
    const item = this.loadedItem(detail.id)?.item;
    if (!item) return;
    Object.assign(item, { relations: detail.relations });
    const rows = new Map(detail.rows.map((row) => [row.line_id, row]));
    for (const row of item.rows) {
      if (row.isPending) continue; // the user's answer is newer
      const { text, state, uncertain, note } = rows.get(row.line_id) ?? row;
      Object.assign(row, { text, state, uncertain, note });
    }
  }

  /** Return the loaded item of a number. @param {Row} number */
  itemOf(number) {
    const items = [...this.pages.values()].flat();
    return items.find(({ rows }) => rows.includes(number)) ?? null;
  }

  /** Return a loaded item and its index. @param {string} id */
  loadedItem(id) {
    for (const [page, items] of this.pages) {
      const at = items.findIndex((item) => item.id === id);
      if (at >= 0) return { item: items[at], index: page * PAGE_SIZE + at };
    }
    return null;
  }

  /** Return the folder that all loaded files are in, with its slash, or "". */
  commonFolder() {
    const names = [...this.pages.values()].flat().map(({ name }) => name);
    let [folder = ""] = names;
    do {
      folder = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
    } while (folder && !names.every((name) => name.startsWith(folder)));
    return folder;
  }

  /** Return the length of the longest loaded text of each field. */
  textLengths() {
    const lengths = new Map(this.columns.map((name) => [name, 0]));
    for (const items of this.pages.values()) {
      for (const { field, text } of items.flatMap(({ rows }) => rows)) {
        if (field !== null) lengths.set(field, Math.max(lengths.get(field) ?? 0, text.length));
      }
    }
    return this.columns.map((name) => lengths.get(name) ?? 0);
  }

  get rowCount() {
    return this.starts[this.total] ?? 0;
  }

  /** Return the first row of an item. */
  rowOfItem(/** @type {number} */ itemIndex) {
    return this.starts[Math.min(itemIndex, this.total)];
  }

  #itemOfRow(/** @type {number} */ row) {
    let [low, high] = [0, Math.max(this.total - 1, 0)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Return a row of the table; load its item if it is not there. @returns {TableRow} */
  row(/** @type {number} */ index) {
    const itemIndex = this.#itemOfRow(index);
    const page = Math.floor(itemIndex / PAGE_SIZE);
    const items = this.pages.get(page);
    if (!items) this.#want(page);
    const item = items?.[itemIndex % PAGE_SIZE] ?? null;
    const at = index - this.starts[itemIndex];
    const empty = { page: null, number: null, fields: null };
    const content = item ? (this.#rowsOf(item)[at] ?? empty) : empty;
    return { index, itemIndex, item, isFirst: at === 0, ...content };
  }

  /**
   * Return the rows of an item. They are kept, so that an answer does not remove its row from a
   * filtered table while the user works in it.
   * @param {Item} item
   * @returns {Content[]}
   */
  #rowsOf(item) {
    const known = this.rows.get(item);
    if (known) return known;
    const rows = this.isForms ? formRows(item) : lineRows(item, this.query.filter);
    const all = rows.length ? rows : [{ page: null, number: null, fields: null }];
    this.rows.set(item, all);
    return all;
  }
}

/** @param {Item} item @param {string} filter @returns {Content[]} */
function lineRows({ rows }, filter) {
  let shown = rows;
  if (filter === "uncertain") shown = rows.filter((row) => row.uncertain && row.state === "waiting");
  if (filter === "corrected") shown = rows.filter(({ state }) => state === "corrected");
  return shown.map((number) => ({ page: number.page, number, fields: null }));
}

/** @param {Item} item @returns {Content[]} */
function formRows({ rows }) {
  /** @type {Map<number, Map<string, Row>>} */
  const pages = new Map();
  for (const row of rows) {
    const fields = pages.get(row.page) ?? new Map();
    pages.set(row.page, fields.set(row.field ?? "", row));
  }
  return [...pages].map(([page, fields]) => ({ page, number: null, fields }));
}

// @ts-check
// The routes of the review.

import { call } from "../api.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {{batch: string, show: string}} Filter batch: id, "" for all; show: "uncertain" or "all" */
/** @typedef {{waiting: number, marks: number, audit: string | null, items: CheckItem[]}} Waiting */

const MAX_TOGETHER = 50; // lines that one request answers

const path = (/** @type {string} */ id, rest = "") => `v1/review/${encodeURIComponent(id)}${rest}`;

/**
 * The values of the fields of each page as the user has answered them; the service may not have
 * them yet when it lists the next items.
 * @type {Map<string, Record<string, string>>}
 */
const valuesOfPage = new Map();

/** @template {{items: CheckItem[]}} T @param {T} found @returns {T} */
function shareValues(found) {
  for (const { page_of: page } of found.items) {
    if (!page) continue;
    page.values = valuesOfPage.get(page.id) ?? page.values;
    valuesOfPage.set(page.id, page.values);
  }
  return found;
}

export const forgetValues = () => valuesOfPage.clear();

/**
 * @param {Filter} filter
 * @param {number} limit
 * @param {Record<string, string>} [query] text, marks or order
 * @returns {Promise<Waiting>}
 */
export async function listWaiting(filter, limit, query = {}) {
  const all = { ...filter, limit, marks: "exclude", order: "useful", ...query };
  return shareValues(await call("v1/review", { query: all }));
}

/** @param {Filter} filter @returns {Promise<{groups: {text: string, count: number}[]}>} */
export const listGroups = (filter) =>
  call("v1/review/groups", { query: { ...filter, marks: "exclude" } });

/** @param {Filter} filter @returns {Promise<{pages: {line_id: string, source: string, page: number, count: number}[]}>} */
export const listPages = (filter) =>
  call("v1/review/pages", { query: { ...filter, marks: "exclude", limit: 500 } });

/** All lines on the page of a line. @param {string} id @returns {Promise<{items: CheckItem[]}>} */
export const listPage = async (id) => shareValues(await call(path(id, "/page")));

/**
 * @param {Filter} filter
 * @param {string} by
 * @param {number} limit
 * @returns {Promise<{waiting: number, differences: number, items: CheckItem[]}>}
 */
export const listKeying = (filter, by, limit) =>
  call("v1/review/keying", { query: { ...filter, by, limit, marks: "exclude", order: "page" } });

/** @param {Filter} filter @param {number} limit @returns {Promise<{items: CheckItem[]}>} */
export async function listDifferences(filter, limit) {
  const query = { ...filter, limit, marks: "exclude" };
  return shareValues(await call("v1/review/differences", { query }));
}

/** @param {CheckItem} item @param {object} json @param {string} key @returns {Promise<CheckItem>} */
export const sendAnswer = (item, json, key) => call(path(item.id), { json, key });

/** @param {CheckItem} item @param {object} json @param {string} key @returns {Promise<CheckItem>} */
export const sendSkip = (item, json, key) => call(path(item.id, "/skip"), { json, key });

/** @param {CheckItem} item @param {string} by @returns {Promise<CheckItem>} */
export const sendUndo = (item, by) =>
  call(path(item.id, "/undo"), { json: { by, change: item.change } });

/** @param {CheckItem} item @param {string} text @param {string} by */
export const sendKeying = (item, text, by) => call(path(item.id, "/keying"), { json: { text, by } });

/** @param {CheckItem} item @param {string} by */
export const undoKeying = (item, by) => call(path(item.id, "/keying/undo"), { json: { by } });

/**
 * Give several items the same answer; return those that another user has answered meanwhile.
 * @param {CheckItem[]} items
 * @param {string | null} text null: as they were read
 * @param {string} by
 * @returns {Promise<CheckItem[]>}
 */
export async function answerTogether(items, text, by) {
  const conflicts = [];
  for (const some of chunks(items)) {
    const answers = some.map(({ id, version, read }) => ({ id, version, text: text ?? read }));
    const found = await call("v1/review/answers", { json: { by, answers } });
    update(some, found.items);
    conflicts.push(...found.conflicts);
  }
  return conflicts;
}

/** @param {CheckItem[]} items @param {string} by */
export async function undoTogether(items, by) {
  for (const some of chunks(items)) {
    const changes = some.map(({ id, change }) => ({ id, change }));
    const found = await call("v1/review/undo", { json: { by, changes } });
    update(some, found.items);
  }
}

/** @param {CheckItem[]} items @param {CheckItem[]} changed */
function update(items, changed) {
  const byId = new Map(changed.map((each) => [each.id, each]));
  for (const item of items) {
    const { version, change, state } = byId.get(item.id) ?? item;
    Object.assign(item, { version, change, state });
  }
}

/** @param {CheckItem[]} items */
function chunks(items) {
  const found = [];
  for (let at = 0; at < items.length; at += MAX_TOGETHER) found.push(items.slice(at, at + MAX_TOGETHER));
  return found;
}

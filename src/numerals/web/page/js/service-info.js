// @ts-check
// Scripts and formats of the service, requested once.

import { call } from "./api.js";
import { fillSelect } from "./dom.js";
import { rememberControl } from "./settings.js";

/** @type {Map<string, Promise<any>>} */
const cache = new Map(); // path -> promise

/**
 * Return the cached response of a path. Failed requests are not cached.
 * @param {string} path
 * @returns {Promise<any>}
 */
export function callOnce(path) {
  const cached = cache.get(path);
  if (cached) return cached;
  const response = call(path);
  cache.set(path, response);
  response.catch(() => cache.delete(path));
  return response;
}

/**
 * Fill a select with the scripts.
 * @param {HTMLSelectElement} select
 * @param {string} key setting that remembers the script
 * @param {{auto?: boolean}} [options] auto: with "auto" (detection, not for single digits)
 */
export async function fillScripts(select, key, { auto = false } = {}) {
  if (select.options.length) return;
  /** @type {{scripts: string[]}} */
  const { scripts } = await callOnce("v1/scripts");
  const names = scripts.filter((name) => auto || name !== "auto");
  fillSelect(
    select,
    names.map((name) => [name, name[0].toUpperCase() + name.slice(1)]),
    "latin",
  );
  rememberControl(select, key);
}

// Scripts and formats of the service, requested once.

import { call } from "./api.js";
import { fillSelect } from "./dom.js";
import { rememberControl } from "./settings.js";

const cache = new Map(); // path -> promise

/** Return the cached response of a path. Failed requests are not cached. */
export function callOnce(path) {
  if (!cache.has(path)) {
    const response = call(path);
    cache.set(path, response);
    response.catch(() => cache.delete(path));
  }
  return cache.get(path);
}

/** Fill a select with the scripts, with "auto" (detection, not for single digits) if `auto`. */
export async function fillScripts(select, key, { auto = false } = {}) {
  if (select.options.length) return;
  const { scripts } = await callOnce("v1/scripts");
  const names = scripts
    .map((script) => script.name ?? script)
    .filter((name) => auto || name !== "auto");
  fillSelect(
    select,
    names.map((name) => [name, name[0].toUpperCase() + name.slice(1)]),
    "latin",
  );
  rememberControl(select, key);
}

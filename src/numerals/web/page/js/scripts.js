// The scripts, formats and models that the service offers, asked for once.

import { call } from "./api.js";
import { fillSelect } from "./dom.js";
import { rememberControl } from "./settings.js";

const kept = new Map();

/** Ask once; what failed is asked again next time. */
export function offered(path) {
  if (!kept.has(path)) {
    const answer = call(path);
    kept.set(path, answer);
    answer.catch(() => kept.delete(path));
  }
  return kept.get(path);
}

/** Single digits need to be told their script: "auto" is left out unless `auto` is true. */
export async function fillScripts(select, key, { auto = false } = {}) {
  if (select.options.length) return;
  const { scripts } = await offered("v1/scripts");
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

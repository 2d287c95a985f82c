// @ts-check
// The list of batches on the home screen.

import { askToDelete, askToRename, togglePause } from "../batches/actions.js";
import { count, progressBar, when } from "../batches/progress.js";
import { h, icon, setText } from "../dom.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */

/**
 * Keep a list of batches up to date. Entries are changed in place, so that the focus stays.
 * @param {HTMLElement} list
 * @param {(action: () => Promise<unknown>) => Promise<unknown>} run runs an action and shows its error
 */
export function makeBatchList(list, run) {
  /** @type {Map<string, ReturnType<typeof makeEntry>>} */
  const entries = new Map();

  function update(/** @type {Batch} */ batch) {
    let entry = entries.get(batch.id);
    if (!entry) {
      entry = makeEntry(batch, run, update, remove);
      entries.set(batch.id, entry);
      list.prepend(entry.element);
    }
    entry.show(batch);
  }

  function remove(/** @type {string} */ id) {
    entries.get(id)?.element.remove();
    entries.delete(id);
  }

  return {
    update,
    remove,
    /** @param {Batch[]} batches newest first */
    replace(batches) {
      const ids = new Set(batches.map(({ id }) => id));
      for (const id of entries.keys()) if (!ids.has(id)) remove(id);
      for (const batch of [...batches].reverse()) update(batch);
    },
    get size() {
      return entries.size;
    },
  };
}

/**
 * @param {Batch} first
 * @param {(action: () => Promise<unknown>) => Promise<unknown>} run
 * @param {(batch: Batch) => void} update
 * @param {(id: string) => void} remove
 */
function makeEntry(first, run, update, remove) {
  let batch = first;
  const name = h("a", { class: "batch-name", href: `#batch/${batch.id}` });
  const about = h("span", { class: "small" });
  const bar = progressBar();
  const counts = h("ul", { class: "batch-counts" });
  const pause = h("button", {
    type: "button",
    class: "quiet",
    onclick: () => run(async () => update(await togglePause(batch))),
  });
  const rename = quietButton("edit", () =>
    run(async () => {
      const renamed = await askToRename(batch);
      if (renamed) update(renamed);
    }),
  );
  const drop = quietButton("trash", () =>
    run(async () => {
      if (await askToDelete(batch)) remove(batch.id);
    }),
  );
  const element = h(
    "li",
    { class: "card batch-entry" },
    h("div", { class: "batch-about" }, name, about),
    bar.element,
    counts,
    h("div", { class: "batch-buttons" }, pause, rename, drop),
  );

  return {
    element,
    show(/** @type {Batch} */ shown) {
      batch = shown;
      setText(name, batch.name);
      setText(about, describe(batch));
      bar.show(batch);
      showCounts(counts, batch);
      const isPaused = batch.state === "paused";
      pause.hidden = batch.state === "done";
      pause.replaceChildren(icon(isPaused ? "resume" : "pause"));
      pause.setAttribute("aria-label", `${isPaused ? "Continue" : "Pause"} ${batch.name}`);
      rename.setAttribute("aria-label", `Rename ${batch.name}`);
      drop.setAttribute("aria-label", `Delete ${batch.name}`);
    },
  };
}

/** @param {string} name @param {() => void} onclick */
const quietButton = (name, onclick) =>
  h("button", { type: "button", class: "quiet", onclick }, icon(name));

/** @param {Batch} batch */
function describe({ created_at: created, templates, watch }) {
  const parts = [when(created)];
  if (templates.length) parts.push(`${templates.length > 1 ? "Forms" : "Form"}: ${templates.join(", ")}`);
  if (watch) parts.push(`New files in ${watch} are added`);
  return parts.join(" · ");
}

/** @param {HTMLElement} list @param {Batch} batch */
function showCounts(list, { id, to_review: toReview, failed, corrected }) {
  /** @type {[number, string, string, string][]} */
  const all = [
    [toReview, "check", `#batch/${id}/uncertain`, `${toReview.toLocaleString("en-GB")} to check`],
    [failed, "failed", `#batch/${id}/failed`, `${failed.toLocaleString("en-GB")} failed`],
    [corrected, "corrected", `#batch/${id}/corrected`, count(corrected, "correction")],
  ];
  const parts = all.filter(([number]) => number > 0);
  const key = JSON.stringify(parts);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(
    ...parts.map(([, kind, href, text]) => h("li", {}, h("a", { class: `tally ${kind}`, href }, text))),
  );
}

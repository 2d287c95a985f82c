// @ts-check
// Files that were not sent before a tab was closed: their names, and how to send them now.

import { count } from "../batches/progress.js";
import { h } from "../dom.js";
import { filesOfInput } from "../upload/chosen-files.js";
import { batchesWithUnsent, findUnsent, forgetUnsent } from "../upload/unsent.js";
import { upload } from "../upload/uploader.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */

const MAX_NAMED = 5; // files

/**
 * Fill an element with a notice for each batch that lacks files.
 * @param {HTMLElement} place
 * @param {Batch[]} batches those that are shown
 */
export async function showUnsent(place, batches) {
  const ids = new Set(batchesWithUnsent());
  const notices = [];
  for (const batch of batches.filter(({ id }) => ids.has(id))) {
    const paths = await findUnsent(batch.id);
    if (paths.length) notices.push(makeNotice(batch, paths));
  }
  place.replaceChildren(...notices);
}

/** @param {Batch} batch @param {string[]} paths */
function makeNotice(batch, paths) {
  const named = paths.slice(0, MAX_NAMED).join(", ");
  const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : "";
  const status = h("span", {});
  const forget = h(
    "button",
    {
      type: "button",
      onclick: () => {
        forgetUnsent(batch.id);
        notice.remove();
      },
    },
    "Leave them out",
  );
  const chooser = (/** @type {string} */ text, /** @type {Record<string, boolean>} */ attributes) => {
    const input = h("input", { type: "file", class: "visually-hidden", multiple: true, ...attributes });
    input.addEventListener("change", () => {
      const missing = matchPaths(filesOfInput(input), paths);
      if (missing.length) {
        upload(batch, missing);
        notice.remove();
      } else status.textContent = " None of these files are among the missing ones.";
    });
    return h("label", { class: "button" }, text, input);
  };
  const notice = h(
    "div",
    { class: "notice unsent", role: "status" },
    h(
      "p",
      {},
      `“${batch.name}”: ${count(paths.length, "file")} could not be sent before the page was closed: ${named}${more}.`,
      status,
    ),
    h(
      "div",
      { class: "toolbar" },
      chooser("Choose the folder again", { webkitdirectory: true }),
      chooser("Choose the files again", {}),
      forget,
    ),
  );
  return notice;
}

/**
 * Return the chosen files that are missing, under the paths that they had when they were chosen
 * first: the same files may now be chosen without their folder.
 * @param {import("../upload/chosen-files.js").ChosenFile[]} files
 * @param {string[]} missing
 */
function matchPaths(files, missing) {
  const paths = new Set(missing);
  const byName = new Map(missing.map((path) => [baseName(path), path]));
  return files.flatMap(({ path, file }) => {
    const match = paths.has(path) ? path : byName.get(baseName(path));
    return match ? [{ path: match, file }] : [];
  });
}

const baseName = (/** @type {string} */ path) => path.slice(path.lastIndexOf("/") + 1);

// @ts-check
// Read a batch again with other settings: ask first, and show afterwards which answers changed.

import { listChanges, readAgain } from "../batches/batches.js";
import { count } from "../batches/progress.js";
import { askInDialog } from "../dialogs.js";
import { h, setText } from "../dom.js";
import { fieldName } from "./cells.js";
import { makeSettingsForm } from "./settings-form.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */

const NOTHING = "nothing";

/**
 * Ask for the settings, and read the files again.
 * @param {Batch} batch
 * @returns {Promise<Batch | null>} null if the user cancelled
 */
export async function askToReadAgain(batch) {
  const settings = await makeSettingsForm(batch.options, batch.templates);
  const all = h("input", { type: "radio", name: "again", value: "all", checked: true });
  const failed = h("input", { type: "radio", name: "again", value: "failed" });
  const action = h("span", {});
  const update = () => setText(action, `Read ${count(failed.checked ? batch.failed : batch.files, "file")} again`);
  const which = h(
    "fieldset",
    { class: "setting-forms", hidden: !batch.failed },
    h("legend", {}, "Which files?"),
    h("label", { class: "switch" }, all, h("span", {}, `All ${count(batch.files, "file")}`)),
    h("label", { class: "switch" }, failed, h("span", {}, `Only the ${count(batch.failed, "file")} that failed`)),
  );
  which.addEventListener("change", update);
  update();
  const isAgreed = await askInDialog({
    title: "Read again with other settings",
    content: [
      settings.element,
      which,
      h(
        "p",
        {},
        "The results are replaced when a file has been read. ",
        h("b", {}, "Your corrections are kept."),
        " Afterwards you see which answers changed.",
      ),
    ],
    action,
    isWide: true,
  });
  if (!isAgreed) return null;
  return readAgain(batch.id, { ...settings.read(), only: failed.checked ? "failed" : "all" });
}

/**
 * Show the answers that the last reading changed.
 * @param {Batch} batch
 * @param {(name: string) => void} onopen called with the name of a file that the user chooses
 */
export async function showChanges(batch, onopen) {
  const { total, changes } = await listChanges(batch.id);
  const row = (/** @type {import("../batches/batches.js").Change} */ change) => {
    const { name, page, line, field, before, after } = change;
    const open = h("button", { type: "submit", value: name, class: "link" }, name);
    open.addEventListener("click", () => onopen(name));
    const place = field ? fieldName(field) : `page ${page}, line ${line}`;
    return h("tr", {}, [open, place, before || NOTHING, h("b", {}, after || NOTHING)].map((cell) => h("td", {}, cell)));
  };
  const more = total > changes.length ? `The first ${changes.length} of ${total}.` : "";
  await askInDialog({
    title: `${count(total, "answer")} changed`,
    content: [
      h(
        "div",
        { class: "scroll changes-list", tabindex: 0, role: "region", "aria-label": "Changed answers" },
        h(
          "table",
          {},
          more && h("caption", {}, more),
          h("thead", {}, h("tr", {}, ["File", "Where", "Before", "Now"].map((text) => h("th", { scope: "col" }, text)))),
          h("tbody", {}, changes.map(row)),
        ),
      ),
    ],
    action: "Close",
    isWide: true,
    isInformation: true,
  });
}

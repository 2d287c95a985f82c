// @ts-check
// All forms, and the place to add one.

import { askInDialog } from "../dialogs.js";
import { h, icon } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { deleteForm, formPicture, listForms } from "./service.js";

/** @typedef {import("./service.js").Summary} Summary */

/**
 * @param {object} actions
 * @param {(file: File) => void} actions.onFile
 * @param {() => void} actions.onSample
 */
export function makeList({ onFile, onSample }) {
  const notice = h("p", { class: "notice", role: "alert", hidden: true });
  const status = h("p", { class: "small", role: "status" });
  const chooser = h("input", { id: "form-file", class: "visually-hidden", type: "file", accept: "image/*,.pdf,.tif,.tiff,.heic,application/pdf" });
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    chooser.value = "";
    if (file) onFile(file);
  });
  const drop = h(
    "div",
    { class: "drop" },
    h("p", { class: "drop-title" }, "Drop a form here"),
    h("p", { class: "small" }, "Best a blank one, as PDF or scan. A photo or a filled-in sheet works too."),
    h(
      "div",
      { class: "toolbar" },
      h("label", { class: "button primary" }, icon("folder"), "Choose a form", chooser),
      h("button", { type: "button", onclick: onSample }, "Try it with a sample"),
    ),
    status,
  );
  const title = h("h2", { id: "form-list-title" }, "Your forms");
  const list = h("ul", { class: "form-cards", "aria-labelledby": "form-list-title" });
  const none = h("p", { class: "small" }, "None yet.");
  const element = h(
    "div",
    {},
    h("div", { class: "title-row" }, h("h1", { id: "forms-title" }, "Forms"), h("p", { class: "lead" }, "Show once where the fields of your form are. Then whole stacks of it are read into a table.")),
    notice,
    drop,
    title,
    none,
    list,
  );

  /** @param {Summary} form */
  function makeCard({ name, fields, relations, has_picture: hasPicture, error }) {
    const picture = h("img", { alt: "", loading: "lazy" });
    if (hasPicture) showThumbnail(picture, name);
    const rules = relations === 1 ? ", 1 rule" : relations ? `, ${relations} rules` : "";
    return h(
      "li",
      { class: "card form-card" },
      h("div", { class: "form-thumbnail" }, picture),
      h(
        "div",
        { class: "form-about" },
        error ? h("b", {}, name) : h("a", { href: `#forms/${encodeURIComponent(name)}` }, name),
        h("span", { class: error ? "small field-problem" : "small" }, error || `${fields === 1 ? "1 field" : `${fields} fields`}${rules}`),
      ),
      h("button", { type: "button", class: "quiet", "aria-label": `Delete the form ${name}`, onclick: () => remove(name) }, icon("trash")),
    );
  }

  /** @param {string} name */
  async function remove(name) {
    const isAgreed = await askInDialog({
      title: `Delete “${name}”?`,
      content: [h("p", {}, "The form and its picture are deleted. What was read with it is kept.")],
      action: "Delete",
      isDangerous: true,
    });
    if (!isAgreed) return;
    await runWithNotice(notice, () => deleteForm(name));
    await load();
  }

  async function load() {
    const forms = await runWithNotice(notice, listForms, load);
    if (!forms) return;
    none.hidden = forms.length > 0;
    list.replaceChildren(...forms.map(makeCard));
  }

  return { element, notice, status, drop, load };
}

/** @param {HTMLImageElement} image @param {string} name */
async function showThumbnail(image, name) {
  try {
    const url = URL.createObjectURL(await formPicture(name));
    image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
    image.src = url;
  } catch {
    image.remove(); // opening the form shows the error
  }
}

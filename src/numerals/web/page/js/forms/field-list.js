// @ts-check
// The list of fields beside the picture, in the order of the columns.

import { h } from "../dom.js";
import { describeContent } from "./formats.js";

/** @param {(id: string) => void} onSelect */
export function makeFieldList(onSelect) {
  const none = h("p", { class: "small" }, "None yet.");
  const list = h("ol", { class: "field-list" });
  const element = h("div", {}, none, list);

  /** @param {import("./model.js").Form} form @param {string} selected @param {Map<string, string>} problems */
  function show(form, selected, problems) {
    none.hidden = form.fields.length > 0;
    const hadFocus = list.contains(document.activeElement);
    list.replaceChildren(
      ...form.fields.map((field) => {
        const { id, name, cells, required } = field;
        const about = [cells ? `${cells} cells` : "", describeContent(field), required ? "must be filled in" : ""].filter(Boolean);
        return h(
          "li",
          {},
          h(
            "button",
            { type: "button", "aria-current": id === selected ? "true" : false, onclick: () => onSelect(id) },
            h("b", {}, name || "(no name)"),
            h("span", { class: problems.has(id) ? "small field-problem" : "small" }, problems.get(id) ?? about.join(" · ")),
          ),
        );
      }),
    );
    if (hadFocus) /** @type {HTMLElement | null} */ (list.querySelector("[aria-current]"))?.focus();
  }

  return { element, show };
}

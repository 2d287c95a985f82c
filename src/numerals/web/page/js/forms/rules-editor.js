// @ts-check
// Rules between fields: "these add up to", and "not smaller, not before".

import { h, icon } from "../dom.js";
import { askInDialog, requireOne } from "../dialogs.js";
import { describeRule } from "./model.js";

/** @typedef {import("./model.js").Form} Form */
/** @typedef {import("./model.js").Rule} Rule */

const TOTAL = /total|sum|summe|gesamt/i; // names of fields that are probably sums

/**
 * @param {() => Form} getForm
 * @param {(form: Form) => void} onEdit
 * @param {() => string} getSelected
 */
export function makeRulesEditor(getForm, onEdit, getSelected) {
  const list = h("ul", { class: "rules" });
  const none = h("p", { class: "small" }, "None. Rules find misread numbers: a sum that is wrong is listed for checking.");
  const sum = h("button", { type: "button", onclick: addSum }, "These add up to …");
  const order = h("button", { type: "button", onclick: addOrder }, "Not before, not smaller than …");
  const element = h("section", { class: "rules-editor" }, h("h2", {}, "Rules"), none, list, h("div", { class: "toolbar" }, sum, order));

  /** @param {Rule} rule */
  const add = (rule) => onEdit({ ...getForm(), rules: [...getForm().rules, rule] });

  const options = () => getForm().fields.map(({ id, name }) => h("option", { value: id }, name));

  async function addSum() {
    const selected = getSelected();
    const { fields } = getForm();
    const boxes = fields.map(({ id }) => h("input", { type: "checkbox", value: id }));
    const total = h("select", { id: "rule-total" }, options());
    const named = fields.find(({ name }) => TOTAL.test(name));
    total.value = named?.id ?? (selected || fields[fields.length - 1].id);
    const requireParts = requireOne(boxes, "Choose the fields that are added up.");
    const hideTotal = () => {
      boxes.forEach((box) => (box.disabled = box.value === total.value));
      requireParts();
    };
    total.addEventListener("change", hideTotal);
    hideTotal();
    const message = h("p", { class: "small" }, "An empty field counts as 0.");
    const isAgreed = await askInDialog({
      title: "These add up to …",
      content: [
        h("fieldset", { class: "rule-fields" }, h("legend", {}, "The sum of"), boxes.map((box, at) => h("label", { class: "switch" }, box, h("span", {}, fields[at].name)))),
        h("label", { for: "rule-total" }, "is"),
        total,
        message,
      ],
      action: "Add the rule",
    });
    const parts = boxes.filter((box) => box.checked && box.value !== total.value).map(({ value }) => value);
    if (isAgreed && parts.length) add({ kind: "sum", ids: [...parts, total.value] });
  }

  async function addOrder() {
    const { fields } = getForm();
    const [high, low] = [h("select", { id: "rule-high" }, options()), h("select", { id: "rule-low" }, options())];
    high.value = getSelected() || fields[fields.length - 1].id;
    low.value = (fields.find(({ id }) => id !== high.value) ?? fields[0]).id;
    const isAgreed = await askInDialog({
      title: "Not before, not smaller than …",
      content: [
        h("label", { for: "rule-high" }, "The field"),
        high,
        h("label", { for: "rule-low" }, "is not before, and not smaller than"),
        low,
      ],
      action: "Add the rule",
    });
    if (isAgreed && high.value !== low.value) add({ kind: "order", ids: [low.value, high.value] });
  }

  function refresh() {
    const form = getForm();
    none.hidden = form.rules.length > 0;
    sum.disabled = order.disabled = form.fields.length < 2;
    list.replaceChildren(
      ...form.rules.map((rule, at) => {
        const text = describeRule(rule, form);
        const remove = h(
          "button",
          { type: "button", class: "quiet", "aria-label": `Delete the rule ${text}`, onclick: () => onEdit({ ...getForm(), rules: getForm().rules.filter((_, i) => i !== at) }) },
          icon("clear"),
        );
        return h("li", {}, h("span", {}, text), remove);
      }),
    );
  }

  return { element, refresh };
}

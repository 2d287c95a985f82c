// @ts-check
// Questions to the user, in a dialog.

import { h } from "./dom.js";

let nDialogs = 0;

/**
 * Show a dialog and return whether the user agreed.
 * @param {object} question
 * @param {string} question.title
 * @param {(Node | string | false | null)[]} question.content
 * @param {string | HTMLElement} question.action text of the button that agrees
 * @param {boolean} [question.isDangerous] whether something is lost
 * @param {boolean} [question.isWide]
 * @param {boolean} [question.isInformation] whether there is nothing to cancel
 * @returns {Promise<boolean>}
 */
export function askInDialog({ title, content, action, isDangerous = false, isWide = false, isInformation = false }) {
  nDialogs += 1;
  const id = `dialog-${nDialogs}`;
  const agree = h(
    "button",
    { type: "submit", class: isDangerous ? "danger" : "primary", value: "ok" },
    action,
  );
  const cancel = h("button", { type: "submit", value: "", formnovalidate: true }, "Cancel");
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id }, title),
    content,
    h("div", { class: "toolbar" }, agree, !isInformation && cancel),
  );
  const dialog = h("dialog", { class: `card${isWide ? " wide" : ""}`, "aria-labelledby": id }, form);
  document.body.append(dialog);
  dialog.showModal();
  if (isDangerous) cancel.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "ok");
    });
  });
}

/**
 * Ask for a text; resolves to null if the user cancels.
 * @param {{title: string, label: string, value: string, action: string, maxLength?: number}} question
 * @returns {Promise<string | null>}
 */
export async function askForText({ title, label, value, action, maxLength = 200 }) {
  const input = h("input", { required: true, maxlength: maxLength, autocomplete: "off", autofocus: true });
  input.value = value;
  const asked = askInDialog({ title, content: [h("label", {}, label, input)], action });
  input.select();
  return (await asked) ? input.value.trim() || null : null;
}

/**
 * Keep a dialog open until one of its boxes is checked.
 * @param {HTMLInputElement[]} boxes
 * @param {string} message
 * @returns {() => void} has to be called after boxes were disabled
 */
export function requireOne(boxes, message) {
  const check = () => {
    const isChosen = boxes.some(({ checked, disabled }) => checked && !disabled);
    boxes.forEach((box) => box.setCustomValidity(isChosen ? "" : message));
  };
  boxes.forEach((box) => box.addEventListener("change", check));
  check();
  return check;
}

// @ts-check
// Commands to copy.

import { copyOnClick } from "../clipboard.js";
import { h, icon } from "../dom.js";

/**
 * Return a command with a button that copies it.
 * @param {string} command
 * @param {string} purpose what it is for, for screen readers
 */
export function commandRow(command, purpose) {
  const copy = h("button", { type: "button", "aria-label": `Copy: ${purpose}` }, icon("copy"), "Copy");
  copyOnClick(copy, () => command);
  return h("div", { class: "command" }, h("code", { tabindex: 0 }, command), copy);
}

/** @param {{title: string, command: string}} command */
export const commandItem = ({ title, command }) =>
  h("li", {}, h("p", {}, title), commandRow(command, title));

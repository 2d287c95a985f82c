// @ts-check
// Error messages within the page.

import { ApiError } from "./api.js";
import { h } from "./dom.js";

/**
 * Show a message in a notice, or hide the notice.
 * @param {HTMLElement} element
 * @param {string} message
 * @param {(() => void) | null} [retry] adds a button that calls it
 */
export function notify(element, message, retry) {
  element.hidden = !message;
  if (!message) {
    element.replaceChildren();
    return;
  }
  /** @type {(Node | string)[]} */
  const children = [h("span", {}, message)];
  if (retry) children.push(" ", h("button", { type: "button", onclick: retry }, "Try again"));
  element.replaceChildren(...children);
}

/**
 * Run an action and return its result; show an error in the notice and return undefined.
 * @template T
 * @param {HTMLElement} element
 * @param {() => Promise<T>} action
 * @param {() => void} [retry]
 * @returns {Promise<T | undefined>}
 */
export async function runWithNotice(element, action, retry) {
  try {
    const result = await action();
    notify(element, "");
    return result;
  } catch (error) {
    notify(element, error instanceof Error ? error.message : String(error), retry);
    if (!(error instanceof ApiError)) throw error; // a bug in the page: log it to the console, too
    return undefined;
  }
}

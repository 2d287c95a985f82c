// Error messages within the page.

import { h } from "./dom.js";

/** Show a message in a notice, or hide the notice. `retry` adds a button that calls it. */
export function notify(element, message, retry) {
  element.hidden = !message;
  if (!message) {
    element.replaceChildren();
    return;
  }
  const children = [h("span", {}, message)];
  if (retry) children.push(" ", h("button", { type: "button", onclick: retry }, "Try again"));
  element.replaceChildren(...children);
}

/** Run an action and return its result; show an error in the notice and return undefined. */
export async function runWithNotice(element, action, retry) {
  try {
    const result = await action();
    notify(element, "");
    return result;
  } catch (error) {
    notify(element, error.message, retry);
    if (error.status === undefined) throw error; // a bug in the page: log it to the console, too
    return undefined;
  }
}

// What went wrong, said where it happened.

import { h } from "./dom.js";

/** Show a message in a notice of the page; `again`, if given, is what its button does. */
export function notify(element, message, again) {
  element.hidden = !message;
  if (!message) {
    element.replaceChildren();
    return;
  }
  const children = [h("span", {}, message)];
  if (again) children.push(" ", h("button", { type: "button", onclick: again }, "Try again"));
  element.replaceChildren(...children);
}

/** Run an action; what it throws shows in the notice. Returns undefined where it failed. */
export async function guarded(element, action, again) {
  try {
    const result = await action();
    notify(element, "");
    return result;
  } catch (error) {
    notify(element, error.message, again);
    if (error.status === undefined) throw error; // a fault of the page itself: to the console too
    return undefined;
  }
}

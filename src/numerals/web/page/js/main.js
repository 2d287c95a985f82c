// @ts-check
// Routing: the fragment of the URL names the view, and after a slash what it shows, such as
// #batch/3. A view is loaded when it is first opened.

import { call } from "./api.js";
import { $ } from "./dom.js";
import { recall } from "./settings.js";
import { acceptDropsAnywhere } from "./upload/drop-anywhere.js";

/**
 * @typedef {object} View
 * @property {(argument: string) => Promise<void> | void} enter `argument` is what follows the slash
 * @property {() => void} [leave]
 */

/** @type {Record<string, () => Promise<View>>} */
const VIEWS = {
  home: () => import("./home/view.js"),
  batch: () => import("./batch/view.js"),
  draw: () => import("./draw/view.js"),
  photograph: () => import("./photograph/view.js"),
  forms: () => import("./forms/view.js"),
  review: () => import("./review/view.js"),
  learn: () => import("./learn/view.js"),
  explore: () => import("./explore/view.js"),
};
/** @type {Record<string, string>} */
const TAB_OF_VIEW = { batch: "home" }; // views without a tab of their own

/** @type {{name: string, argument: string, view: View | null} | null} */
let current = null;

function parseFragment() {
  const [name, ...rest] = location.hash.slice(1).split("/");
  return Object.hasOwn(VIEWS, name) ? { name, argument: rest.join("/") } : { name: "home", argument: "" };
}

async function route() {
  const { name, argument } = parseFragment();
  if (current?.name === name && current.argument === argument) return;
  current?.view?.leave?.();
  const isFirst = current === null;
  const opened = { name, argument, view: /** @type {View | null} */ (null) };
  current = opened;
  delete document.body.dataset.ready;
  document.body.dataset.view = name; // shell.css gives the table of a batch the whole window
  for (const section of document.querySelectorAll("section.view")) {
    /** @type {HTMLElement} */ (section).hidden = section.id !== name;
  }
  showTab(TAB_OF_VIEW[name] ?? name);
  if (!isFirst) {
    window.scrollTo(0, 0);
    $("#main").focus({ preventScroll: true });
  }
  const view = await VIEWS[name]();
  if (current !== opened) return;
  opened.view = view;
  await view.enter(argument);
  if (current === opened) document.body.dataset.ready = name; // tests and screenshots wait for it
}

/** @param {string} name */
function showTab(name) {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".tabs a"))) {
    if (link.hash !== `#${name}`) {
      link.removeAttribute("aria-current");
      continue;
    }
    link.setAttribute("aria-current", "page");
    document.title = `${/** @type {Text} */ (link.childNodes[1]).data.trim()} · numerals`;
  }
}

async function updateReviewCount() {
  try {
    const { waiting } = await call("v1/review", {
      query: { limit: 1, marks: "exclude", show: recall("review-show", "uncertain") },
    });
    showReviewCount(waiting);
  } catch {
    // The Check view reports the error.
  }
}

/** @param {number} count */
function showReviewCount(count) {
  const badge = $("#review-count");
  badge.hidden = !count;
  badge.textContent = String(count);
  badge.setAttribute("aria-label", `${count} to check`);
}

document.addEventListener("review-count", (event) => {
  showReviewCount(/** @type {CustomEvent<number>} */ (event).detail);
});
document.addEventListener("store-changed", updateReviewCount);
// The skip link must not change the fragment, which names the view.
$(".skip-link").addEventListener("click", (/** @type {Event} */ event) => {
  event.preventDefault();
  $("#main").focus();
});
acceptDropsAnywhere();
window.addEventListener("hashchange", route);
route();
updateReviewCount();

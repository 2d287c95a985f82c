// Routing: the fragment of the URL names the view. A view is loaded when it is first opened.

import { call } from "./api.js";
import { HIGH_CONFIDENCE } from "./confidence.js";
import { $ } from "./dom.js";
import { recall } from "./settings.js";

const VIEWS = {
  draw: () => import("./draw/view.js"),
  photograph: () => import("./photograph/view.js"),
  review: () => import("./review/view.js"),
  learn: () => import("./learn.js"),
  explore: () => import("./explore/view.js"),
};

let current = null; // {name, view}

async function route() {
  const fragment = location.hash.slice(1);
  const name = fragment in VIEWS ? fragment : "draw";
  if (current?.name === name) return;
  current?.view?.leave?.();
  const isFirst = current === null;
  current = { name, view: null };
  for (const section of document.querySelectorAll(".view")) section.hidden = section.id !== name;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${$(`#${name} h1`).textContent} · numerals`;
  if (!isFirst) {
    window.scrollTo(0, 0);
    $("#main").focus({ preventScroll: true });
  }
  const view = await VIEWS[name]();
  if (current.name !== name) return;
  current.view = view;
  await view.enter();
  document.body.dataset.ready = name; // tests and screenshots wait for it
}

async function updateReviewCount() {
  try {
    const { waiting } = await call("v1/review", {
      query: { limit: 1, below: recall("review-below", HIGH_CONFIDENCE) },
    });
    showReviewCount(waiting);
  } catch {
    // The Review view reports the error.
  }
}

function showReviewCount(count) {
  const badge = $("#review-count");
  badge.hidden = !count;
  badge.textContent = count;
  badge.setAttribute("aria-label", `${count} to review`);
}

document.addEventListener("review-count", (event) => showReviewCount(event.detail));
document.addEventListener("store-changed", updateReviewCount);
// The skip link must not change the fragment, which names the view.
$(".skip-link").addEventListener("click", (event) => {
  event.preventDefault();
  $("#main").focus();
});
window.addEventListener("hashchange", route);
route();
updateReviewCount();

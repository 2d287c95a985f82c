// Routes: the part of the address after # names the view; each view loads when it is first opened.

import { call } from "./api.js";
import { SURE } from "./confidence.js";
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
  const wanted = location.hash.slice(1);
  const name = wanted in VIEWS ? wanted : "draw";
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
  document.body.dataset.ready = name; // what tests and screenshots wait for
}

async function countWaiting() {
  try {
    const { waiting } = await call("v1/review", {
      query: { limit: 1, below: recall("review-below", SURE) },
    });
    showWaiting(waiting);
  } catch {
    // The count is an extra: the view itself says what is wrong.
  }
}

function showWaiting(waiting) {
  const count = $("#waiting");
  count.hidden = !waiting;
  count.textContent = waiting;
  count.setAttribute("aria-label", `${waiting} waiting`);
}

document.addEventListener("waiting", (event) => showWaiting(event.detail));
document.addEventListener("kept", countWaiting);
// A link to #main would be a route; the skip link only moves the focus.
$(".skip-link").addEventListener("click", (event) => {
  event.preventDefault();
  $("#main").focus();
});
window.addEventListener("hashchange", route);
route();
countWaiting();

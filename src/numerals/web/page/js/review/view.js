// @ts-check
// Check: confirm or correct numbers, in one of four modes. The address says which batch: #review/3.

import { ApiError } from "../api.js";
import { listBatches } from "../batches/batches.js";
import { $, h, icon, setText } from "../dom.js";
import { notify, runWithNotice } from "../notices.js";
import { recall, remember, rememberControl } from "../settings.js";
import { Answers } from "./answers.js";
import { ByForm } from "./by-form.js";
import { Marks } from "./marks.js";
import { OneByOne } from "./one-by-one.js";
import { SameReading } from "./same-reading.js";
import { forgetValues, listWaiting } from "./service.js";
import { TwoPeople } from "./two-people.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {import("./screens.js").Screen} Screen */

const WIDE = "(min-width: 47.01rem)"; // as in review.css: narrower windows fold the choices
const N_LISTED = 8; // answers in the list of this session
/** @type {[string, string][]} */
const MODES = [
  ["single", "One by one"],
  ["form", "By form"],
  ["same", "Same reading"],
  ["two", "Two people"],
];

let batch = ""; // id
/** @type {ReturnType<typeof build> | null} */
let view = null;

/** @param {string} argument id of a batch, "" for all files */
export async function enter(argument) {
  [batch] = argument.split("/");
  view ??= build();
  document.addEventListener("keydown", view.onKey);
  await Promise.all([view.showBatches(), view.start()]);
}

export function leave() {
  if (view) document.removeEventListener("keydown", view.onKey);
}

function build() {
  const notice = h("p", { class: "notice", role: "alert", hidden: true });
  const progress = h("p", { class: "progress", role: "status" });
  const mode = h(
    "fieldset",
    { class: "segmented check-modes" },
    h("legend", { class: "visually-hidden" }, "Mode"),
    MODES.map(([value, text]) =>
      h("label", {}, h("input", { type: "radio", name: "check-mode", value }), h("span", {}, text)),
    ),
  );
  const show = h(
    "select",
    { id: "check-show" },
    h("option", { value: "uncertain" }, "Uncertain numbers"),
    h("option", { value: "all" }, "All unchecked numbers"),
  );
  const files = h("select", { id: "check-batch" }, h("option", { value: "" }, "All files"));
  const name = h("input", { id: "check-by", autocomplete: "name", maxlength: 80, size: 12 });
  const audit = h("a", { href: "audit", hidden: true }, "Blind sample (audit)");
  const undoButton = h(
    "button",
    { type: "button", disabled: true, onclick: () => undo() },
    icon("undo"),
    "Undo ",
    h("kbd", {}, "Ctrl Z"),
  );
  const doneList = h("ol", { class: "done-list" });
  const done = h("details", { class: "panel", hidden: true }, h("summary", {}, "Checked in this session"), doneList);
  const again = h("button", { type: "button", onclick: () => start() }, "Refresh");
  const noneLeft = h(
    "div",
    {},
    h("p", { class: "empty-title" }, "Nothing to check"),
    h("p", {}, "Uncertain numbers from ", h("a", { href: "#photograph" }, "Read"), " and your ", h("a", { href: "#home" }, "batches"), " appear here."),
    again,
  );
  const place = h("div", { class: "check-place-of-mode" });

  const answers = new Answers({
    onchange: showProgress,
    onerror: onSendError,
    onconflict: (message) => notify(notice, message),
  });
  /** @type {import("./screens.js").Desk} */
  const desk = {
    answers,
    notice,
    filter: () => ({ batch, show: show.value }),
    say: (message) => notify(notice, message),
    fail: (error, retry) => {
      notify(notice, error.message, retry);
      if (!(error instanceof ApiError)) throw error;
    },
    showProgress,
  };
  const single = new OneByOne(desk, loadWaiting, noneLeft);
  /** @type {Record<string, Screen>} */
  const screens = {
    single,
    form: new ByForm(desk),
    same: new SameReading(desk, checkSingly),
    two: new TwoPeople(desk),
  };
  const marks = new Marks(desk, checkSingly);
  /** @type {Screen} */
  let screen = single;

  $("#review").replaceChildren(
    h("div", { class: "check-head" }, h("h1", { id: "review-title" }, "Check"), progress, undoButton),
    h(
      "div",
      { class: "check-options" },
      mode,
      h(
        "details",
        { class: "check-choices", open: matchMedia(WIDE).matches },
        h("summary", {}, "Which numbers, and your name"),
        h(
          "div",
          {},
          h("label", { class: "inline" }, "Show ", show),
          h("label", { class: "inline" }, "Files ", files),
          h("label", { class: "inline" }, "Your name ", name),
          audit,
        ),
      ),
    ),
    notice,
    place,
    marks.element,
    done,
  );
  rememberControl(name, "by");
  rememberControl(show, "review-show");
  setMode(recall("review-mode", "single"));
  show.addEventListener("change", start);
  name.addEventListener("change", () => {
    if (screen === screens.two) start();
  });
  files.addEventListener("change", () => {
    location.hash = files.value ? `#review/${files.value}` : "#review";
  });
  mode.addEventListener("change", (event) => {
    setMode(/** @type {HTMLInputElement} */ (event.target).value);
    start();
  });

  /** @param {string} wanted */
  function setMode(wanted) {
    const value = Object.hasOwn(screens, wanted) ? wanted : "single";
    screen = screens[value];
    remember("review-mode", value);
    for (const radio of mode.querySelectorAll("input")) radio.checked = radio.value === value;
    place.replaceChildren(screen.element);
    // Marks would be answered by one person.
    marks.element.classList.toggle("elsewhere", screen === screens.two);
  }

  /** @param {number} limit */
  async function loadWaiting(limit) {
    const found = await listWaiting(desk.filter(), limit);
    showCounts(found);
    return found;
  }

  /** @param {{marks: number, audit: string | null}} found */
  function showCounts(found) {
    marks.show(found.marks);
    audit.hidden = !found.audit;
  }

  /** Load the current mode again. */
  async function start() {
    forgetValues();
    answers.rest();
    await runWithNotice(notice, () => screen.enter(), start);
    if (screen !== single) await refreshCounts();
    showProgress();
  }

  async function refreshCounts() {
    try {
      await answers.settled();
      showCounts(await listWaiting(desk.filter(), 1));
    } catch {
      // The mode reports that the service does not respond.
    }
  }

  async function showBatches() {
    try {
      const { batches } = await listBatches();
      const options = batches.map((each) => h("option", { value: each.id }, each.name));
      files.replaceChildren(h("option", { value: "" }, "All files"), ...options);
    } catch {
      // The mode reports that the service does not respond, or stores nothing.
    }
    files.value = batch;
    if (files.value !== batch) files.append(h("option", { value: batch, selected: true }, `Batch ${batch}`));
  }

  /** Show numbers in the mode One by one. @param {CheckItem[]} items */
  async function checkSingly(items) {
    if (screen !== single) {
      setMode("single");
      await start();
    }
    single.insert(items);
  }

  function showProgress() {
    const { count, totalTime } = answers;
    const pace = count ? ` · ${count} checked, ${(totalTime / count / 1000).toFixed(1)} s each` : "";
    setText(progress, `${screen.progress ?? `${screen.waiting} to check`}${pace}`);
    if (screen === single && !batch) {
      document.dispatchEvent(new CustomEvent("review-count", { detail: screen.waiting }));
    } else if (count) {
      document.dispatchEvent(new CustomEvent("store-changed"));
    }
    undoButton.disabled = answers.done.length === 0;
    done.hidden = answers.done.length === 0;
    const latest = answers.done.slice(-N_LISTED).reverse();
    doneList.replaceChildren(...latest.map(({ label }) => h("li", {}, label)));
  }

  /** @param {Error} error @param {import("./answers.js").Done} failed */
  function onSendError(error, failed) {
    const [item] = failed.items;
    const isFormat = error instanceof ApiError && error.code === "wrong_format";
    const typed = failed.text ?? "";
    notify(notice, `${error.message} Please check “${item.read || "this number"}” again.`);
    if (isFormat) {
      const store = () => {
        notify(notice, "");
        answers.answer(failed.screen, item, typed, true);
        if (failed.screen === single) single.passed(item);
        else /** @type {Screen} */ (failed.screen).restore(item);
      };
      notice.append(" ", h("button", { type: "button", onclick: store }, `Keep ${typed} as written`));
    }
    for (const each of failed.items) /** @type {Screen} */ (failed.screen).restore(each);
  }

  async function undo() {
    const last = answers.done.at(-1);
    if (!last) return;
    const undone = await runWithNotice(notice, () => answers.undo());
    if (!undone) return;
    const owner = /** @type {Screen} */ (undone.screen);
    const isShown = document.contains(owner.element);
    if (isShown && undone.items.length === 1) owner.restore(undone.items[0]);
    else await start();
    if (undone.items.length > 1) {
      await refreshCounts();
      notify(notice, "");
    }
    showProgress();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const target = /** @type {Element} */ (event.target);
    if (target.closest?.("dialog, #check-by, select, .check-modes, summary, .tabs") || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z" || screen.isTyping()) return;
      event.preventDefault();
      if (!event.repeat) undo();
      return;
    }
    const isUndo = event.key.toLowerCase() === "u";
    if (isUndo && !event.repeat) undo();
    const isButton = target instanceof HTMLButtonElement && !target.classList.contains("crop-tile");
    if (isUndo || (!(isButton && event.key === "Enter") && screen.onKey(event))) event.preventDefault();
  }

  return { onKey, start, showBatches };
}

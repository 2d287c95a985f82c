// Review: the least sure number, large; type what is written, Enter, and the next is there.

import { percent, word } from "../confidence.js";
import { $, h } from "../dom.js";
import { guarded, notify } from "../notices.js";
import { personName, rememberControl } from "../settings.js";
import { showHistory } from "./history.js";
import { makeReviewQueue } from "./queue.js";

const N_DONE = 8; // how many of this session are listed

const notice = $("#review-notice");
const input = $("#review-text");
const done = []; // newest first: {item, text, kind}
let queue = null;
let total = 0;
let started = 0;
let shown = null;

export async function enter() {
  if (!queue) setUp();
  document.addEventListener("keydown", onKey);
  await look();
}

export function leave() {
  document.removeEventListener("keydown", onKey);
}

async function look() {
  shown = null;
  await guarded(notice, () => queue.restart(), look); // shows the first item as soon as it is there
}

function setUp() {
  queue = makeReviewQueue(() => $("#review-below").value, showFirst, onSendError);
  rememberControl($("#review-by"), "by");
  rememberControl($("#review-below"), "review-below");
  $("#review-below").addEventListener("change", look);
  $("#review-form").addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  $("#review-skip").addEventListener("click", skip);
  $("#review-undo").addEventListener("click", undo);
  $("#review-undo-last").addEventListener("click", undo);
  $("#review-history").addEventListener("click", toggleHistory);
  $("#review-again").addEventListener("click", look);
}

function onSendError(error, item) {
  if (item)
    done.splice(
      done.findIndex((each) => each.item.id === item.id),
      1,
    );
  const asked = item ? ` “${item.text}” is asked again.` : "";
  notify(notice, `${error.message}${asked}`, look);
  showFirst();
}

function showFirst() {
  const item = queue.first;
  $("#review-form").hidden = !item;
  $("#review-empty").hidden = Boolean(item);
  showProgress();
  showDone();
  if (!item) {
    shown = null;
    if (document.activeElement === document.body) $("#review-again").focus();
    return;
  }
  if (shown?.id === item.id) return;
  shown = item;
  notifyChanges(false);
  showItem(item);
}

async function showItem(item) {
  const said = `Read as ${item.text || "nothing"}: ${percent(item.confidence)}, ${word(item.confidence)}`;
  $("#review-meta").textContent = [said, item.source, when(item.read_at)]
    .filter(Boolean)
    .join(" · ");
  input.value = item.text;
  input.focus();
  input.select();
  showAlternatives(item);
  const crop = $("#review-crop");
  crop.classList.add("loading");
  try {
    const url = await queue.picture(item);
    if (shown?.id !== item.id) return;
    crop.src = url;
    crop.alt = `The handwriting, read as ${item.text}`;
    await crop.decode();
  } catch (error) {
    if (shown?.id === item.id) {
      crop.removeAttribute("src");
      crop.alt = "The picture of this number is not kept any more";
      if (error.status === 0) notify(notice, error.message);
    }
  }
  crop.classList.remove("loading");
}

function showAlternatives(item) {
  const others = (item.alternatives ?? []).filter(({ text }) => text && text !== item.text);
  $("#review-alternatives").replaceChildren(
    ...others.slice(0, 4).map(({ text, confidence }) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          onclick: () => {
            input.value = text;
            input.focus();
          },
        },
        h("b", {}, text),
        ` ${percent(confidence)}`,
      ),
    ),
  );
}

function showProgress() {
  const count = done.filter(({ kind }) => kind !== "skipped").length;
  const pace = count ? `, ${(total / count / 1000).toFixed(1)} s each` : "";
  const waiting = queue.waiting;
  $("#review-progress").textContent = `${waiting} waiting${count ? ` · ${count} done${pace}` : ""}`;
  document.dispatchEvent(new CustomEvent("waiting", { detail: waiting }));
  $("#review-undo").disabled = done.length === 0;
  $("#review-undo-last").hidden = done.length === 0;
}

function answer() {
  const text = input.value.trim();
  if (!text) {
    notify(notice, "Type what is written, or skip this number.");
    input.focus();
    return;
  }
  notify(notice, "");
  const kind = text === shown.text ? "confirmed" : "corrected";
  total += pause();
  done.unshift({ item: queue.answer(text, personName()), text, kind });
  showFirst();
}

function skip() {
  notify(notice, "");
  pause();
  const item = queue.skip(personName());
  done.unshift({ item, text: item.text, kind: "skipped" });
  showFirst();
}

/** Time since the last number, without breaks: what a value takes. */
function pause() {
  const now = performance.now();
  const spent = started ? Math.min(now - started, 20_000) : 0;
  started = now;
  return spent;
}

async function undo() {
  const last = done[0];
  if (!last) return;
  await queue.settled();
  if (done[0] !== last) return; // it came back by itself: it could not be sent
  const isUndone = await guarded(notice, async () => {
    await queue.undo(last.item, personName());
    return true;
  });
  if (!isUndone) return;
  done.shift();
  showFirst();
}

function showDone() {
  $("#review-done").hidden = done.length === 0;
  $("#review-done-list").replaceChildren(
    ...done
      .slice(0, N_DONE)
      .map(({ item, text, kind }) =>
        h(
          "li",
          {},
          h("b", {}, text),
          kind === "corrected" ? ` instead of ${item.text}` : ` ${kind}`,
        ),
      ),
  );
}

async function toggleHistory() {
  const element = $("#review-changes");
  const isOpen = element.hidden;
  notifyChanges(isOpen);
  if (!isOpen || !shown) return;
  await guarded(notice, async () => {
    await queue.settled();
    await showHistory(element, shown);
  });
}

function notifyChanges(isOpen) {
  $("#review-changes").hidden = !isOpen;
  $("#review-history").setAttribute("aria-expanded", String(isOpen));
}

/** Letters are commands, for no number contains them; Ctrl Z undoes unless one has typed. */
function onKey(event) {
  if (event.target.closest?.("dialog, #review-by") || event.altKey) return;
  const isPlain = !event.ctrlKey && !event.metaKey;
  const key = event.key.toLowerCase();
  const command = isPlain && { s: skip, u: undo, h: toggleHistory }[key];
  const isUndo = !isPlain && key === "z" && (!shown || input.value === shown.text);
  if (!command && !isUndo) return;
  if (command === skip && !shown) return;
  event.preventDefault();
  if (event.repeat) return;
  (command || undo)();
}

function when(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleDateString();
}

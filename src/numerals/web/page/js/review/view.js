// Review: confirm or correct numbers by keyboard, lowest confidence first.

import { describe, percent } from "../confidence.js";
import { $, h } from "../dom.js";
import { runWithNotice, notify } from "../notices.js";
import { userName, rememberControl } from "../settings.js";
import { showHistory } from "./history.js";
import { makeReviewQueue } from "./queue.js";

const N_LISTED = 8; // reviewed items in the list of this session
const MAX_PAUSE = 20_000; // ms; longer times between two items count as a break

const notice = $("#review-notice");
const input = $("#review-text");
const done = []; // newest first: {item, text, kind}
let queue = null;
let totalTime = 0; // ms
let lastTime = 0; // ms
let shown = null; // item

export async function enter() {
  if (!queue) setUp();
  document.addEventListener("keydown", onKey);
  await reload();
}

export function leave() {
  document.removeEventListener("keydown", onKey);
}

async function reload() {
  shown = null;
  await runWithNotice(notice, () => queue.restart(), reload);
}

function setUp() {
  queue = makeReviewQueue(() => $("#review-below").value, showFirst, onSendError);
  rememberControl($("#review-by"), "by");
  rememberControl($("#review-below"), "review-below");
  $("#review-below").addEventListener("change", reload);
  $("#review-form").addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  $("#review-skip").addEventListener("click", skip);
  $("#review-undo").addEventListener("click", undo);
  $("#review-undo-last").addEventListener("click", undo);
  $("#review-history").addEventListener("click", toggleHistory);
  $("#review-again").addEventListener("click", reload);
}

function onSendError(error, item) {
  if (item)
    done.splice(
      done.findIndex((each) => each.item.id === item.id),
      1,
    );
  const hint = item ? ` Please review “${item.text}” again.` : "";
  notify(notice, `${error.message}${hint}`, reload);
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
  setHistoryOpen(false);
  showItem(item);
}

async function showItem(item) {
  const reading = `Read as ${item.text || "nothing"}: ${describe(item.confidence)}`;
  $("#review-meta").textContent = [reading, item.source, formatDate(item.read_at)]
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
    crop.alt = `Handwriting, read as ${item.text}`;
    await crop.decode();
  } catch (error) {
    if (shown?.id === item.id) {
      crop.removeAttribute("src");
      crop.alt = "The picture of this number is not available";
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
  const pace = count ? ` · ${count} reviewed, ${(totalTime / count / 1000).toFixed(1)} s each` : "";
  const waiting = queue.waiting;
  $("#review-progress").textContent = `${waiting} to review${pace}`;
  document.dispatchEvent(new CustomEvent("review-count", { detail: waiting }));
  $("#review-undo").disabled = done.length === 0;
  $("#review-undo-last").hidden = done.length === 0;
}

function answer() {
  const text = input.value.trim();
  if (!text) {
    notify(notice, "Enter the number, or skip it.");
    input.focus();
    return;
  }
  notify(notice, "");
  const kind = text === shown.text ? "confirmed" : "corrected";
  totalTime += timeSinceLast();
  done.unshift({ item: queue.answer(text, userName()), text, kind });
  showFirst();
}

function skip() {
  notify(notice, "");
  timeSinceLast();
  const item = queue.skip(userName());
  done.unshift({ item, text: item.text, kind: "skipped" });
  showFirst();
}

/** Return the time since the last item, at most `MAX_PAUSE`, and restart the clock. */
function timeSinceLast() {
  const now = performance.now();
  const elapsed = lastTime ? Math.min(now - lastTime, MAX_PAUSE) : 0;
  lastTime = now;
  return elapsed;
}

async function undo() {
  const last = done[0];
  if (!last) return;
  await queue.settled();
  if (done[0] !== last) return; // sending failed, so the item is back in the queue already
  const isUndone = await runWithNotice(notice, async () => {
    await queue.undo(last.item, userName());
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
      .slice(0, N_LISTED)
      .map(({ item, text, kind }) =>
        h(
          "li",
          {},
          h("b", {}, text),
          kind === "corrected" ? ` corrected from ${item.text}` : ` ${kind}`,
        ),
      ),
  );
}

async function toggleHistory() {
  const element = $("#review-changes");
  const isOpen = element.hidden;
  setHistoryOpen(isOpen);
  if (!isOpen || !shown) return;
  await runWithNotice(notice, async () => {
    await queue.settled();
    await showHistory(element, shown);
  });
}

function setHistoryOpen(isOpen) {
  $("#review-changes").hidden = !isOpen;
  $("#review-history").setAttribute("aria-expanded", String(isOpen));
}

/** Handle the commands S, U and H, which no number contains, and Ctrl Z if the text is unedited. */
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

function formatDate(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleDateString();
}

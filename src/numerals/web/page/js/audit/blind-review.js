// @ts-check
// The blind review of an audit: one number after the other, without what was read.

import { call, retryWhileBusy } from "../api.js";
import { $, h } from "../dom.js";
import { notify } from "../notices.js";

/**
 * @typedef {{id: string, file: string, place: Record<string, string | number>, crop: string | null,
 *   answer: string | null, others: string[]}} Item
 * @typedef {{run: string, total: number, decided: number, unanswered: number, disputed: number,
 *   own: number, waiting: number, double: boolean, closed: boolean, next: Item | null}} Progress
 */

const NAME = "numerals.auditor"; // localStorage: the reviewer's name
const SETTLED = "settled"; // the reviewer who decides between different answers

const notice = $("#notice");
const input = /** @type {HTMLInputElement} */ ($("#text"));
let reviewer = "";
/** @type {Item | null} */
let item = null;
/** @type {string[]} ids of the numbers that were answered since the page was opened */
const answered = [];
/** @type {string | null} object URL of the picture */
let picture = null;
let isSending = false;

async function start() {
  $("#join").addEventListener("submit", join);
  $("#review").addEventListener("submit", submit);
  $("#nothing").addEventListener("click", () => answer("nothing"));
  $("#illegible").addEventListener("click", () => answer("illegible"));
  $("#back").addEventListener("click", goBack);
  $("#change").addEventListener("click", goBack);
  $("#other").addEventListener("click", showJoin);
  $("#settle").addEventListener("click", () => begin(SETTLED));
  document.addEventListener("keydown", onKey);
  await showJoin();
}

async function showJoin() {
  item = null;
  $("#review").hidden = $("#done").hidden = true;
  $("#join").hidden = false;
  const name = /** @type {HTMLInputElement} */ ($("#name"));
  name.value = stored();
  name.focus();
  await run(async () => {
    const progress = await fetchProgress("");
    showCounts(progress);
    $("#join-settle").hidden = progress.disputed === 0;
    $("#disputed").textContent = plural(progress.disputed, "number");
  });
}

/** @param {Event} event */
function join(event) {
  event.preventDefault();
  const name = /** @type {HTMLInputElement} */ ($("#name")).value.trim();
  remember(name);
  begin(name);
}

/** @param {string} name */
async function begin(name) {
  reviewer = name;
  answered.length = 0;
  await run(async () => show(await fetchProgress(name)));
}

/** @param {string} name @returns {Promise<Progress>} */
const fetchProgress = (name) => call("v1/audit", { query: { reviewer: name } });

/** @param {Progress} progress */
function show(progress) {
  showCounts(progress);
  $("#join").hidden = true;
  if (!progress.next || progress.closed) {
    showDone(progress);
    return;
  }
  showItem(progress.next);
}

/** @param {Progress} progress */
function showCounts(progress) {
  const { run, total, decided, disputed, double, closed } = progress;
  $("#title").textContent = `Audit of ${run}`;
  const parts = [`${decided} of ${total} numbers answered${double ? " by two people" : ""}`];
  if (disputed) parts.push(`${disputed} answered differently`);
  if (closed) parts.push("the result is known, so answers cannot change");
  $("#progress").textContent = `${parts.join(", ")}.`;
}

/** @param {Item} next */
function showItem(next) {
  item = next;
  $("#review").hidden = false;
  $("#done").hidden = true;
  $("#place").textContent = placeText(next);
  input.value = isWord(next.answer) ? "" : next.answer ?? "";
  $("#others").replaceChildren(
    ...next.others.map((text) =>
      h("button", { type: "button", class: "chip", onclick: () => answer(text) }, text),
    ),
  );
  /** @type {HTMLButtonElement} */ ($("#back")).disabled = answered.length === 0;
  input.focus();
  input.select();
  // Not awaited: the next answer need not wait for the picture.
  showPicture(next).catch((error) => notify(notice, error.message));
}

/** @param {Item} next */
async function showPicture(next) {
  const image = /** @type {HTMLImageElement} */ ($("#crop"));
  image.classList.add("loading");
  $("#no-crop").hidden = next.crop !== null;
  image.hidden = next.crop === null;
  if (next.crop === null) {
    $("#no-crop").textContent = `The picture could not be opened. Look it up in ${next.file}.`;
    return;
  }
  const blob = await call(next.crop.slice(1), { as: "blob" });
  if (item !== next) return; // answered in the meantime
  if (picture) URL.revokeObjectURL(picture);
  picture = URL.createObjectURL(blob);
  image.src = picture;
  image.alt = `Number to read, ${placeText(next)}`;
  image.classList.remove("loading");
}

/** @param {Item} shown */
function placeText({ file, place }) {
  const { page, line, field, table, row, column } = place;
  const parts = [file];
  if (page) parts.push(`page ${page}`);
  if (field) parts.push(`field “${field}”`);
  else if (table) parts.push(`table ${table}, row ${row}, column ${column}`);
  else if (line) parts.push(`number ${line}`);
  return parts.join(", ");
}

/** @param {Progress} progress */
function showDone(progress) {
  item = null;
  $("#review").hidden = true;
  $("#done").hidden = false;
  const { own, unanswered, disputed, run } = progress;
  const rest = [];
  if (unanswered) rest.push(`${plural(unanswered, "number")} still need an answer`);
  if (disputed && reviewer !== SETTLED) {
    rest.push(`${plural(disputed, "number")} must be decided, because the answers differ`);
  }
  const state = rest.length ? ` ${rest.join("; ")}.` : " All numbers are answered.";
  $("#done-text").textContent = `You have answered ${plural(own, "number")}.${state}`;
  $("#command").textContent = `numerals audit result ${run}`;
  $("#change").hidden = progress.closed || answered.length === 0;
  $("#done-title").focus();
}

/** @param {Event} event */
function submit(event) {
  event.preventDefault();
  const text = input.value.trim();
  if (text) answer(text);
  else notify(notice, "Type the number, or choose “No number here” or “Cannot be read”.");
}

/** @param {string} text */
async function answer(text) {
  if (!item || isSending) return;
  isSending = input.readOnly = true; // a number typed now would be that of the item shown now
  const { id } = item;
  await run(async () => {
    const json = { reviewer, text };
    const progress = await retryWhileBusy(
      () => call(`v1/audit/items/${encodeURIComponent(id)}`, { json }),
      () => notify(notice, "The service is busy; the answer is sent again in a moment."),
    );
    if (answered.at(-1) !== id) answered.push(id);
    show(progress);
  });
  isSending = input.readOnly = false;
}

async function goBack() {
  const id = answered.pop();
  if (id === undefined) return;
  const path = `v1/audit/items/${encodeURIComponent(id)}`;
  await run(async () => showItem(await call(path, { query: { reviewer } })));
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!event.altKey || $("#review").hidden) return;
  // `code` and not `key`: some keyboards write other characters with Alt.
  const button = { KeyN: "#nothing", KeyU: "#illegible", KeyB: "#back" }[event.code];
  if (!button) return;
  event.preventDefault();
  $(button).click();
}

/** @param {() => Promise<void>} action */
async function run(action) {
  try {
    notify(notice, "");
    await action();
  } catch (error) {
    notify(notice, /** @type {Error} */ (error).message);
  }
}

/** @param {string | null} text */
const isWord = (text) => text === "nothing" || text === "illegible";

/** @param {number} count @param {string} noun */
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function stored() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} name */
function remember(name) {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // Without storage, the name is asked for again.
  }
}

start();

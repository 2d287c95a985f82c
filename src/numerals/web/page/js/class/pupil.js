// @ts-check
// The page of a pupil: join the class, then draw one digit after the other.

import { ApiError, call, retryWhileBusy } from "../api.js";
import { $, button, h, input } from "../dom.js";
import { notify } from "../notices.js";
import { Pad } from "../draw/pad.js";
import { renderDigit } from "../draw/raster.js";

/** @typedef {{writer: number, key: string, className: string, position: number}} Pupil */
/** @typedef {{label: number, text: string, picture: string}} Drawn */

const N_DIGITS = 10; // per round
const KEY = "numerals.pupil"; // sessionStorage: a reload continues where it was

const notice = $("#notice");
/** @type {Pupil | null} */
let pupil = null;
/** @type {Drawn[]} */
let round = []; // drawings of this round
let isSending = false;
const pad = new Pad($("#pad", HTMLCanvasElement), updateButtons);

function start() {
  pupil = load();
  $("#join").addEventListener("submit", join);
  $("#clear").addEventListener("click", () => pad.clear());
  $("#next").addEventListener("click", send);
  $("#again").addEventListener("click", startRound);
  if (pupil) {
    startRound();
    return;
  }
  $("#join").hidden = false;
  const code = decodeURIComponent(location.hash.slice(1));
  input("#code").value = code;
  $(code ? "#name" : "#code").focus();
}

/** @param {SubmitEvent} event */
async function join(event) {
  event.preventDefault();
  const json = { code: input("#code").value, name: input("#name").value };
  try {
    const joined = await retryWhileBusy(
      () => call("class/join", { json }),
      () => notify(notice, "The service is busy; joining again in a moment."),
    );
    pupil = { ...joined, className: joined.class, position: 0 };
    save();
    notify(notice, "");
    $("#join").hidden = true;
    startRound();
  } catch (error) {
    showError(error);
  }
}

/**
 * @param {unknown} error
 * @param {() => void} [retry]
 */
function showError(error, retry) {
  notify(notice, error instanceof Error ? error.message : String(error), retry);
}

function startRound() {
  if (!pupil) return;
  round = [];
  $("#finished").hidden = true;
  $("#drawing").hidden = false;
  $("#title").textContent = `Class ${pupil.className}`;
  showTask();
}

function showTask() {
  if (!pupil) return;
  const label = pupil.position % N_DIGITS;
  $("#label").textContent = String(label);
  $("#pad").setAttribute("aria-label", `Drawing pad: draw a ${label}`);
  $("#done").replaceChildren(...round.map(item));
  pad.replace([]);
  updateButtons();
}

function updateButtons() {
  button("#clear").disabled = pad.isEmpty || isSending;
  button("#next").disabled = pad.isEmpty || isSending;
}

async function send() {
  if (!pupil) return;
  isSending = true;
  updateButtons();
  const label = pupil.position % N_DIGITS;
  const image = renderDigit(pad.strokes);
  const { writer, key, position } = pupil;
  const json = { writer, key, position, label, image };
  try {
    const { text } = await retryWhileBusy(
      () => call("class/drawings", { json }),
      () => notify(notice, "The service is busy; your drawing is sent again in a moment."),
    );
    notify(notice, "");
    round.push({ label, text, picture: pad.canvas.toDataURL() });
    pupil.position += 1;
    save();
    $("#read").textContent = sentence(label, text);
    if (pupil.position % N_DIGITS === 0) finish();
    else showTask();
  } catch (error) {
    showError(error, send);
    if (error instanceof ApiError && error.status === 403) forget();
  } finally {
    isSending = false;
    updateButtons();
  }
}

/**
 * @param {number} label
 * @param {string} text
 */
function sentence(label, text) {
  if (!text) return `The computer saw no digit in your ${label}.`;
  return text === String(label)
    ? `The computer read your ${label}.`
    : `The computer took your ${label} for a ${text}.`;
}

function finish() {
  const nCorrect = round.filter(({ label, text }) => text === String(label)).length;
  $("#drawing").hidden = true;
  $("#finished").hidden = false;
  $("#finished-title").textContent = "Thank you!";
  $("#finished-text").textContent = `The computer read ${nCorrect} of ${round.length} drawings.`;
  $("#all").replaceChildren(...round.map(item));
  $("#finished-title").focus();
}

/** @param {Drawn} drawn */
function item({ label, text, picture }) {
  const isCorrect = text === String(label);
  return h(
    "li",
    { class: isCorrect ? "" : "misread" },
    h("img", { src: picture, alt: `Your ${label}`, width: 56, height: 56 }),
    h("span", {}, isCorrect ? text : `read: ${text || "–"}`),
  );
}

/** @returns {Pupil | null} */
function load() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

function save() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(pupil));
  } catch {
    // Without storage, a reload joins the class again.
  }
}

function forget() {
  sessionStorage.removeItem(KEY);
  $("#drawing").hidden = true;
  $("#join").hidden = false;
}

start();

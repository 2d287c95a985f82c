// The page of a pupil: join the class, then draw one digit after the other.

import { call, retryWhileBusy } from "../api.js";
import { $, h } from "../dom.js";
import { notify } from "../notices.js";
import { Pad } from "../draw/pad.js";
import { renderDigit } from "../draw/raster.js";

const N_DIGITS = 10; // per round
const KEY = "numerals.pupil"; // sessionStorage: a reload continues where it was

const notice = $("#notice");
let pupil = null; // {writer, key, className, position}
let pad = null;
let round = []; // {label, text, picture} of this round
let isSending = false;

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
  $("#code").value = code;
  $(code ? "#name" : "#code").focus();
}

async function join(event) {
  event.preventDefault();
  const json = { code: $("#code").value, name: $("#name").value };
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
    notify(notice, error.message);
  }
}

function startRound() {
  round = [];
  $("#finished").hidden = true;
  $("#drawing").hidden = false;
  $("#title").textContent = `Class ${pupil.className}`;
  if (!pad) pad = new Pad($("#pad"), updateButtons);
  showTask();
}

function showTask() {
  const label = pupil.position % N_DIGITS;
  $("#label").textContent = label;
  $("#pad").setAttribute("aria-label", `Drawing pad: draw a ${label}`);
  $("#done").replaceChildren(...round.map(item));
  pad.replace([]);
  updateButtons();
}

function updateButtons() {
  $("#clear").disabled = pad.isEmpty || isSending;
  $("#next").disabled = pad.isEmpty || isSending;
}

async function send() {
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
    notify(notice, error.message, send);
    if (error.status === 403) forget();
  } finally {
    isSending = false;
    updateButtons();
  }
}

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

function item({ label, text, picture }) {
  const isCorrect = text === String(label);
  return h(
    "li",
    { class: isCorrect ? "" : "misread" },
    h("img", { src: picture, alt: `Your ${label}`, width: 56, height: 56 }),
    h("span", {}, isCorrect ? text : `read: ${text || "–"}`),
  );
}

function load() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
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

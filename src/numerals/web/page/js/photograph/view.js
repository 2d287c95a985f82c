// Photograph: read files, show the results over the picture, and correct them.

import { copyOnClick, saveFile } from "../clipboard.js";
import { $, fillSelect, h, addRovingFocus } from "../dom.js";
import { runWithNotice, notify } from "../notices.js";
import { callOnce, fillScripts } from "../service-info.js";
import { userName, rememberControl } from "../settings.js";
import { sendCorrection } from "./corrections.js";
import { showCrops } from "./crops.js";
import { showDigitCard } from "./digit-card.js";
import { showFiles } from "./files.js";
import { acceptFiles } from "./file-input.js";
import { showLines } from "./lines.js";
import { showBoxes } from "./overlay.js";
import { makeQueue } from "./queue.js";
import { correctDigit, correctLine, fileText, toCsv, toJson } from "./results.js";
import { explainLine, requestExplanation } from "./why.js";

const notice = $("#photo-notice");
const threshold = $("#photo-threshold");
const format = $("#photo-format");
const layout = $("#photo-layout");
const turn = $("#photo-turn");
const printed = $("#photo-printed");
let queue = null;
let open = null; // shown entry of the queue
let pageIndex = 0;
let selected = null; // {line, digit} indices
let isDisplayable = true; // whether the browser can display the file

export async function enter() {
  if (!queue) setUp();
  document.addEventListener("keydown", onKey);
  await runWithNotice(notice, fillSettings, enter);
}

export function leave() {
  document.removeEventListener("keydown", onKey);
}

async function fillSettings() {
  await fillScripts($("#photo-script"), "photo-script", { auto: true });
  const { formats } = await callOnce("v1/formats");
  fillSelect(
    $("#formats"),
    formats.map(({ spec, description }) => [spec, description]),
  );
}

function setUp() {
  queue = makeQueue(query, onEntry);
  rememberControl(threshold, "threshold");
  rememberControl($("#photo-keep"), "keep");
  threshold.addEventListener("input", showThreshold);
  showThreshold();
  layout.addEventListener("change", updateAvailableSettings);
  updateAvailableSettings();
  for (const control of [$("#photo-script"), layout, turn, format, printed]) {
    control.addEventListener("change", () => open && queue.retry(open));
  }
  $("#photograph-settings").addEventListener("submit", (event) => event.preventDefault());
  acceptFiles(add);
  addRovingFocus($("#overlay"));
  const doneEntries = () => queue.entries.filter(({ state }) => state === "done");
  copyOnClick($("#copy-text"), () => fileText(open, Number(threshold.value)));
  $("#download-csv").addEventListener("click", () =>
    saveFile("numbers.csv", "text/csv", toCsv(doneEntries(), Number(threshold.value))),
  );
  $("#download-json").addEventListener("click", () =>
    saveFile("numbers.json", "application/json", toJson(doneEntries(), Number(threshold.value))),
  );
}

/** Disable the settings that the service does not accept for the layout. */
function updateAvailableSettings() {
  turn.disabled = !["page", "table"].includes(layout.value);
  format.disabled = layout.value === "digit";
}

function query() {
  return {
    script: $("#photo-script").value,
    layout: layout.value,
    turn: turn.disabled ? "auto" : turn.value,
    printed: String(printed.checked),
    format: format.disabled ? "" : format.value.trim(),
    keep: String($("#photo-keep").checked),
  };
}

function add(files) {
  if (!files.length) return;
  const [first] = queue.add(files);
  $("#drop").classList.add("small-drop");
  openEntry(first);
}

function onEntry(entry) {
  showFiles($("#files"), queue.entries, {
    open,
    onopen: openEntry,
    onremove: remove,
    onretry: queue.retry,
  });
  if (entry.state === "done") {
    const count = entry.result.pages.reduce((sum, page) => sum + page.lines.length, 0);
    $("#photo-status").textContent =
      `${entry.name}: ${count} ${count === 1 ? "line" : "lines"} found`;
    document.dispatchEvent(new CustomEvent("store-changed"));
  }
  if (entry.state === "failed") $("#photo-status").textContent = `${entry.name}: failed`;
  if (entry === open) showReading();
}

function openEntry(entry) {
  [open, pageIndex, selected] = [entry, 0, null];
  const picture = $("#sheet-picture");
  isDisplayable = true;
  picture.onerror = () => {
    isDisplayable = false;
    showReading();
  };
  picture.src = entry.url;
  picture.alt = entry.name;
  onEntry(entry);
}

function remove(entry) {
  queue.remove(entry);
  if (entry === open) [open, selected] = [null, null];
  if (queue.entries.length) openEntry(open ?? queue.entries[0]);
  else {
    $("#files").hidden = true;
    $("#drop").classList.remove("small-drop");
    showReading();
  }
}

function showReading() {
  $("#reading").hidden = !open;
  if (!open) return notify(notice, "");
  const isDone = open.state === "done";
  const isFailed = open.state === "failed";
  notify(
    notice,
    isDone || isFailed ? open.note : "",
    isFailed && open.canRetry ? () => queue.retry(open) : null,
  );
  $(".lines-side").hidden = !isDone;
  $(".sheet-side .legend").hidden = !isDone;
  $("#sheet").classList.toggle("blank", !isDisplayable);
  $("#sheet").classList.toggle("unreadable", isFailed && !isDisplayable);
  $("#sheet").classList.toggle("busy", open.state === "reading" || open.state === "waiting");
  if (!isDone) {
    $("#overlay").replaceChildren();
    showCrops($("#crops"), null);
    $("#pages").hidden = true;
    return undefined;
  }
  pageIndex = Math.min(pageIndex, Math.max(open.result.pages.length - 1, 0));
  showPages();
  return showPage();
}

function showPages() {
  const { pages } = open.result;
  $("#pages").hidden = pages.length < 2;
  $("#pages").replaceChildren(
    ...pages.map(({ page }, at) =>
      h(
        "button",
        {
          type: "button",
          "aria-pressed": String(at === pageIndex),
          onclick: () => {
            [pageIndex, selected] = [at, null];
            showReading();
          },
        },
        `Page ${page}`,
      ),
    ),
  );
}

function showPage() {
  const page = open.result.pages[pageIndex] ?? { lines: [], width: 4, height: 3 };
  const sheet = $("#sheet");
  sheet.style.setProperty("--width", page.width);
  sheet.style.setProperty("--height", page.height);
  // Browsers display only the first page of a picture.
  sheet.classList.toggle("blank", !isDisplayable || pageIndex > 0);
  showCrops($("#crops"), sheetHasPicture() ? null : page);
  $("#read-as").textContent = $("#photo-script").value === "auto" ? page.script : "";
  const view = { threshold: Number(threshold.value), selected, format: format.value.trim() };
  showBoxes($("#overlay"), page, { ...view, onselect: select });
  const explain = (at) => explainLine(page, at, explanationRequest);
  showLines($("#lines"), page, { ...view, actions: { select, correct: correctText, explain } });
  showCard(page);
}

/** Return how to request the explanation of a line; a corrected text is what the writer meant. */
function explanationRequest(at) {
  const page = open.result.pages[pageIndex];
  const line = page.lines[at];
  const intended = line.corrected ? line.text : "";
  const { keep, ...reading } = query();
  const parameters = { ...reading, page: page.page, line: at, intended };
  const entry = open;
  return { key: intended, send: () => requestExplanation(entry, parameters) };
}

function showCard(page) {
  const line = selected && page.lines[selected.line];
  const card = $("#digit-card");
  card.hidden = !line;
  if (!line) return;
  const picture = sheetHasPicture() ? $("#sheet-picture") : null;
  showDigitCard(card, {
    line,
    lineNumber: selected.line + 1,
    index: selected.digit,
    picture,
    page,
    correct: (character) => change(selected.line, correctDigit(line, selected.digit, character)),
    close: () => select(-1, -1),
  });
}

const sheetHasPicture = () => !$("#sheet").classList.contains("blank");

function select(line, digit) {
  selected = line < 0 ? null : { line, digit };
  showPage();
}

/** Replace the selected digit with the digit or sign that the user types. */
function onKey(event) {
  if (!selected || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !event.target.closest("input, dialog")) select(-1, -1);
  const isCharacter = event.key.length === 1 && /[\p{Nd}.,\-+/:()%]/u.test(event.key);
  if (!isCharacter || event.target.closest("input, select, textarea, dialog")) return;
  event.preventDefault();
  const line = open.result.pages[pageIndex].lines[selected.line];
  change(selected.line, correctDigit(line, selected.digit, event.key));
}

function correctText(at, text) {
  const line = open.result.pages[pageIndex].lines[at];
  if (text) change(at, correctLine(line, text));
}

async function change(at, line) {
  const { lines } = open.result.pages[pageIndex];
  const previous = lines[at];
  if (line.text === previous.text && previous.corrected) return;
  lines[at] = line;
  showPage();
  if (!line.line_id) return;
  const stored = await runWithNotice(notice, () =>
    sendCorrection(line.line_id, line.text, userName()),
  );
  // The line may have been corrected again meanwhile, so update the current one.
  lines[at] = { ...lines[at], isSaved: stored !== undefined };
  if (open) showPage();
  document.dispatchEvent(new CustomEvent("store-changed"));
}

function showThreshold() {
  $("#photo-threshold-text").textContent = `${Math.round(100 * threshold.value)} %`;
  if (open?.state === "done") showPage();
}

// Photograph: files in, the picture with what was read over it, corrections back.

import { copyOnClick, saveFile } from "../clipboard.js";
import { $, fillSelect, h, roveFocus } from "../dom.js";
import { guarded, notify } from "../notices.js";
import { fillScripts, offered } from "../scripts.js";
import { personName, rememberControl } from "../settings.js";
import { sendCorrection } from "./corrections.js";
import { showCrops } from "./crops.js";
import { showDigitCard } from "./digit-card.js";
import { showFiles } from "./files.js";
import { acceptFiles } from "./intake.js";
import { showLines } from "./lines.js";
import { showBoxes } from "./overlay.js";
import { makeQueue } from "./queue.js";
import { correctDigit, correctLine, fileText, toCsv, toJson } from "./readings.js";

const notice = $("#photo-notice");
const threshold = $("#photo-threshold");
const format = $("#photo-format");
const layout = $("#photo-layout");
const turn = $("#photo-turn");
const printed = $("#photo-printed");
let queue = null;
let open = null; // the entry that is shown
let pageAt = 0;
let chosen = null; // {line, digit}
let isShowable = true; // whether the browser can show the file's picture

export async function enter() {
  if (!queue) setUp();
  document.addEventListener("keydown", onKey);
  await guarded(notice, fillSettings, enter);
}

export function leave() {
  document.removeEventListener("keydown", onKey);
}

async function fillSettings() {
  await fillScripts($("#photo-script"), "photo-script", { auto: true });
  const { formats } = await offered("v1/formats");
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
  layout.addEventListener("change", offerChoices);
  offerChoices();
  for (const control of [$("#photo-script"), layout, turn, format, printed]) {
    control.addEventListener("change", () => open && queue.again(open));
  }
  $("#photograph-settings").addEventListener("submit", (event) => event.preventDefault());
  acceptFiles(add);
  roveFocus($("#overlay"));
  const read = () => queue.entries.filter(({ state }) => state === "done");
  copyOnClick($("#copy-text"), () => fileText(open, Number(threshold.value)));
  $("#download-csv").addEventListener("click", () =>
    saveFile("numbers.csv", "text/csv", toCsv(read(), Number(threshold.value))),
  );
  $("#download-json").addEventListener("click", () =>
    saveFile("numbers.json", "application/json", toJson(read(), Number(threshold.value))),
  );
}

/** Let only those choices be made that the layout leaves: the service refuses the others. */
function offerChoices() {
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
    onagain: queue.again,
  });
  if (entry.state === "done") {
    const count = entry.result.pages.reduce((sum, page) => sum + page.lines.length, 0);
    $("#photo-status").textContent =
      `${entry.name}: ${count} ${count === 1 ? "line" : "lines"} read`;
    document.dispatchEvent(new CustomEvent("kept"));
  }
  if (entry.state === "failed") $("#photo-status").textContent = `${entry.name} could not be read`;
  if (entry === open) showReading();
}

function openEntry(entry) {
  [open, pageAt, chosen] = [entry, 0, null];
  const picture = $("#sheet-picture");
  isShowable = true;
  picture.onerror = () => {
    isShowable = false;
    showReading();
  };
  picture.src = entry.url;
  picture.alt = `The picture ${entry.name}`;
  onEntry(entry);
}

function remove(entry) {
  queue.remove(entry);
  if (entry === open) [open, chosen] = [null, null];
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
    isFailed && open.mayWork ? () => queue.again(open) : null,
  );
  $(".lines-side").hidden = !isDone;
  $(".sheet-side .legend").hidden = !isDone;
  $("#sheet").classList.toggle("blank", !isShowable);
  $("#sheet").classList.toggle("unreadable", isFailed && !isShowable);
  $("#sheet").classList.toggle("busy", open.state === "reading" || open.state === "waiting");
  if (!isDone) {
    $("#overlay").replaceChildren();
    showCrops($("#crops"), null);
    $("#pages").hidden = true;
    return undefined;
  }
  pageAt = Math.min(pageAt, Math.max(open.result.pages.length - 1, 0));
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
          "aria-pressed": String(at === pageAt),
          onclick: () => {
            [pageAt, chosen] = [at, null];
            showReading();
          },
        },
        `Page ${page}`,
      ),
    ),
  );
}

function showPage() {
  const page = open.result.pages[pageAt] ?? { lines: [], width: 4, height: 3 };
  const sheet = $("#sheet");
  sheet.style.setProperty("--width", page.width);
  sheet.style.setProperty("--height", page.height);
  // The browser shows a picture's first page at most.
  sheet.classList.toggle("blank", !isShowable || pageAt > 0);
  showCrops($("#crops"), sheetHasPicture() ? null : page);
  $("#read-as").textContent = $("#photo-script").value === "auto" ? `as ${page.script}` : "";
  const view = { threshold: Number(threshold.value), chosen, format: format.value.trim() };
  showBoxes($("#overlay"), page, { ...view, onselect: select });
  showLines($("#lines"), page, { ...view, actions: { select, correct: correctText } });
  showCard(page);
}

function showCard(page) {
  const line = chosen && page.lines[chosen.line];
  const card = $("#digit-card");
  card.hidden = !line;
  if (!line) return;
  const picture = sheetHasPicture() ? $("#sheet-picture") : null;
  showDigitCard(card, {
    line,
    lineNumber: chosen.line + 1,
    index: chosen.digit,
    picture,
    page,
    correct: (character) => change(chosen.line, correctDigit(line, chosen.digit, character)),
    close: () => select(-1, -1),
  });
}

const sheetHasPicture = () => !$("#sheet").classList.contains("blank");

function select(line, digit) {
  chosen = line < 0 ? null : { line, digit };
  showPage();
}

/** A digit or sign typed while a digit is chosen replaces it. */
function onKey(event) {
  if (!chosen || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !event.target.closest("input, dialog")) select(-1, -1);
  const isTyped = event.key.length === 1 && /[\p{Nd}.,\-+/:()%]/u.test(event.key);
  if (!isTyped || event.target.closest("input, select, textarea, dialog")) return;
  event.preventDefault();
  const line = open.result.pages[pageAt].lines[chosen.line];
  change(chosen.line, correctDigit(line, chosen.digit, event.key));
}

function correctText(at, text) {
  const line = open.result.pages[pageAt].lines[at];
  if (text) change(at, correctLine(line, text));
}

async function change(at, line) {
  const { lines } = open.result.pages[pageAt];
  const before = lines[at];
  if (line.text === before.text && before.corrected) return;
  lines[at] = line;
  showPage();
  if (!line.line_id) return;
  const kept = await guarded(notice, () =>
    sendCorrection(line.line_id, line.text, personName()),
  );
  // Another correction may have come meanwhile: what is kept is marked on the newest.
  lines[at] = { ...lines[at], kept: kept !== undefined };
  if (open) showPage();
  document.dispatchEvent(new CustomEvent("kept"));
}

function showThreshold() {
  $("#photo-threshold-text").textContent = `${Math.round(100 * threshold.value)} %`;
  if (open?.state === "done") showPage();
}

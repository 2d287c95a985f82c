// @ts-check
// Read: pictures and PDFs are read, shown with a box for each digit, and corrected.

import { answerProblem } from "../answer-text.js";
import { copyOnClick, saveFile } from "../clipboard.js";
import { $, addRovingFocus, button, h } from "../dom.js";
import { notify, runWithNotice } from "../notices.js";
import { userName } from "../settings.js";
import { sendCorrection } from "./corrections.js";
import { showCrops } from "./crops.js";
import { showDigitCard } from "./digit-card.js";
import { acceptFiles } from "./file-input.js";
import { showFiles } from "./files.js";
import { showLines, showRelations } from "./lines.js";
import { showBoxes } from "./overlay.js";
import { makeQueue } from "./queue.js";
import { correctDigit, correctLine, fileText, toCsv, toJson } from "./results.js";
import { makeSettings } from "./settings-panel.js";
import { enlargeForTouch, toggleWhole } from "./sheet-size.js";
import { copyTablesOnClick, hasTable } from "./table-copy.js";
import { explainLine, requestExplanation } from "./why.js";

/**
 * @typedef {import("../types.js").Line} Line
 * @typedef {import("../types.js").Page} Page
 * @typedef {import("./queue.js").Entry} Entry
 */

const EMPTY_PAGE = /** @type {Page} */ ({ lines: /** @type {Line[]} */ ([]), width: 4, height: 3 });

const notice = $("#photo-notice");
const picture = $("#sheet-picture", HTMLImageElement);
const settings = makeSettings({
  onreading: () => queue.applySettings(),
  onlimits: () => open?.state === "done" && showPage(),
});
const queue = makeQueue(settings.query, onEntry, () => open);
/** @type {Entry | null} */
let open = null; // shown entry of the queue
let pageIndex = 0;
/** @type {import("./overlay.js").Selection | null} */
let selected = null;
let isDisplayable = true; // whether the browser can display the file
let isSetUp = false;

export async function enter() {
  if (!isSetUp) setUp();
  isSetUp = true;
  document.addEventListener("keydown", onKey);
  await runWithNotice(notice, settings.fill, enter);
}

export function leave() {
  document.removeEventListener("keydown", onKey);
}

function setUp() {
  acceptFiles(add);
  addRovingFocus($("#overlay"));
  button("#sheet-whole").addEventListener("click", toggleWhole);
  const doneEntries = () => queue.entries.filter(({ state }) => state === "done");
  copyOnClick(button("#copy-text"), () =>
    open?.result ? fileText(open.result, settings.limits) : "",
  );
  copyTablesOnClick(button("#copy-table"), shownPage, () => settings.limits);
  button("#download-csv").addEventListener("click", () =>
    saveFile("numbers.csv", "text/csv", toCsv(doneEntries(), settings.limits)),
  );
  button("#download-json").addEventListener("click", () =>
    saveFile("numbers.json", "application/json", toJson(doneEntries(), settings.limits)),
  );
}

/** @param {File[]} files */
function add(files) {
  if (!files.length) return;
  const [first] = queue.add(files);
  $("#drop").classList.add("small-drop");
  openEntry(first);
}

/** @param {Entry} entry */
function onEntry(entry) {
  showFiles($("#files"), queue.entries, {
    open,
    onopen: openEntry,
    onremove: remove,
    onretry: queue.retry,
  });
  showProgress();
  if (entry.state === "done" && entry.result) {
    const count = entry.result.pages.reduce((sum, page) => sum + page.lines.length, 0);
    $("#photo-status").textContent =
      `${entry.name}: ${count} ${count === 1 ? "line" : "lines"} found`;
    document.dispatchEvent(new CustomEvent("store-changed"));
  }
  if (entry.state === "failed") $("#photo-status").textContent = `${entry.name}: failed`;
  if (entry === open) showReading();
}

/** Show how many files are being read. Until then, a CSV would lack them. */
function showProgress() {
  const { length: total } = queue.entries;
  const n = queue.entries.filter(({ state }) => state === "waiting" || state === "reading").length;
  $("#photo-progress").textContent = n && total > 1 ? `Reading ${n} of ${total} files …` : "";
  copyTablesOnClick(button("#copy-table"), shownPage, () => settings.limits);
  button("#download-csv").disabled = n > 0;
  button("#download-json").disabled = n > 0;
}

/** @param {Entry} entry */
function openEntry(entry) {
  [open, pageIndex, selected] = [entry, 0, null];
  isDisplayable = true;
  picture.onerror = () => {
    isDisplayable = false;
    showReading();
  };
  picture.src = entry.url;
  picture.alt = entry.name;
  onEntry(entry);
}

/** @param {Entry} entry */
function remove(entry) {
  queue.remove(entry);
  showProgress();
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
  if (!open) {
    notify(notice, "");
    return;
  }
  const shown = open;
  const isDone = open.state === "done";
  const isFailed = open.state === "failed";
  notify(
    notice,
    isDone || isFailed ? open.note : "",
    isFailed && open.canRetry ? () => queue.retry(shown) : null,
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
    return;
  }
  pageIndex = Math.min(pageIndex, Math.max(shownPages().length - 1, 0));
  showPages();
  showPage();
}

const shownPages = () => open?.result?.pages ?? [];
const shownPage = () => shownPages()[pageIndex] ?? EMPTY_PAGE;

function showPages() {
  const pages = shownPages();
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
  const page = shownPage();
  const sheet = $("#sheet");
  sheet.style.setProperty("--width", String(page.width));
  sheet.style.setProperty("--height", String(page.height));
  // Browsers display only the first page of a picture.
  sheet.classList.toggle("blank", !isDisplayable || pageIndex > 0);
  showCrops($("#crops"), sheetHasPicture() ? null : page);
  $("#read-as").textContent = settings.detectsScript ? page.script : "";
  const view = { ...settings.limits, selected, format: settings.formatSpec() };
  showBoxes($("#overlay"), page, { ...view, onselect: selectDigit });
  enlargeForTouch(page);
  const explain = (/** @type {number} */ at) => explainLine(page, at, explanationRequest);
  const actions = { select: selectDigit, correct: correctText, explain };
  showLines($("#lines"), page, { ...view, actions });
  showRelations($("#relations"), page);
  button("#copy-table").hidden = !hasTable(page);
  showCard(page);
}

/**
 * Return how to request the explanation of a line; a corrected text is what the writer meant.
 * @param {number} at
 */
function explanationRequest(at) {
  const page = shownPage();
  const line = page.lines[at];
  const intended = line.corrected ? line.text : "";
  const { keep, only, template, ...reading } = settings.query();
  const parameters = { ...reading, page: page.page, line: at, intended };
  const entry = /** @type {Entry} */ (open);
  return { key: intended, send: () => requestExplanation(entry, parameters) };
}

/** @param {Page} page */
function showCard(page) {
  const card = $("#digit-card");
  card.hidden = !(selected && page.lines[selected.line]);
  if (!selected || card.hidden) return;
  const { line: at, digit } = selected;
  showDigitCard(card, {
    line: page.lines[at],
    lineNumber: at + 1,
    index: digit,
    picture: sheetHasPicture() ? picture : null,
    page,
    correct: (character) => correctSelected(at, digit, character),
    close: () => selectDigit(-1, -1),
  });
}

const sheetHasPicture = () => !$("#sheet").classList.contains("blank");

/**
 * @param {number} line index, or -1 for none
 * @param {number} digit
 */
function selectDigit(line, digit) {
  selected = line < 0 ? null : { line, digit };
  showPage();
}

/**
 * Replace the selected digit with the digit or sign that the user types.
 * @param {KeyboardEvent} event
 */
function onKey(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  if (!selected || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !target.closest("input, dialog")) {
    selectDigit(-1, -1);
    return;
  }
  const isCharacter = event.key.length === 1 && /[\p{Nd}.,\-+/:()%]/u.test(event.key);
  if (!isCharacter || target.closest("input, select, textarea, dialog")) return;
  event.preventDefault();
  correctSelected(selected.line, selected.digit, event.key);
}

/**
 * @param {number} at index of the line
 * @param {number} digit
 * @param {string} character
 */
function correctSelected(at, digit, character) {
  const line = correctDigit(shownPage().lines[at], digit, character);
  const problem = answerProblem(line.text, line.read);
  if (problem) notify(notice, problem);
  else change(at, line);
}

/**
 * Correct a line; returns why the text cannot be an answer, or "".
 * @param {number} at index of the line
 * @param {string} text may be empty: there is no number
 */
function correctText(at, text) {
  const line = shownPage().lines[at];
  const problem = answerProblem(text, line.read ?? line.text);
  if (!problem) change(at, correctLine(line, text));
  return problem;
}

/**
 * @param {number} at index of the line
 * @param {Line} line with its new text
 */
async function change(at, line) {
  const { lines } = shownPage();
  const previous = lines[at];
  if (line.text === previous.text && previous.corrected) return;
  lines[at] = line;
  showPage();
  const id = line.line_id;
  if (!id) return;
  const stored = await runWithNotice(notice, () => sendCorrection(id, line.text, userName()));
  // The line may have been corrected again meanwhile, so update the current one.
  lines[at] = { ...lines[at], isSaved: stored !== undefined };
  if (open) showPage();
  document.dispatchEvent(new CustomEvent("store-changed"));
}

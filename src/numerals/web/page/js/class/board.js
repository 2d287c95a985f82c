// @ts-check
// The teacher's board: the QR code, the growing data set, and its comparison with MNIST.

import { ApiError, call } from "../api.js";
import { $, button, h } from "../dom.js";
import { notify } from "../notices.js";
import { saveToken } from "../token.js";

/**
 * @typedef {{writer: number, name: string, count: number, correct: number}} Pupil
 * @typedef {{id: number, writer: number, label: number, answer: string, picture: string}} Drawing
 */

/**
 * The response of GET /v1/class.
 * @typedef {object} Board
 * @property {string} class
 * @property {string} address
 * @property {string} code
 * @property {string} qr
 * @property {Pupil[]} pupils
 * @property {number[]} ids
 * @property {Drawing[]} drawings
 * @property {number[]} counts
 * @property {string} data
 */

/** @typedef {{learned_from: string, examples: number | null, class: number | null, mnist: number | null}} Row */
/** @typedef {{digit: number, class: string | null, mnist: string | null}} Mean */

const INTERVAL = 1500; // ms between updates
const MAX_SHOWN = 120; // latest drawings

const notice = $("#notice");
/** @type {Map<number, Drawing>} */
const drawings = new Map(); // by id
/** @type {Map<number, string>} */
let names = new Map(); // by writer
let after = 0; // highest id received

async function update() {
  try {
    const board = await call("v1/class", { query: { after } });
    notify(notice, "");
    show(board);
  } catch (error) {
    showError(error);
    if (error instanceof ApiError && error.status === 401) return; // the user closed the dialog: do not open it again
  }
  setTimeout(update, document.hidden ? 10 * INTERVAL : INTERVAL);
}

/** @param {unknown} error */
const showError = (error) => notify(notice, error instanceof Error ? error.message : String(error));

/** @param {Board} board */
function show(board) {
  $("#title").textContent = `Class ${board.class}`;
  document.title = `Class ${board.class} · numerals`;
  $("#address").textContent = board.address.split("#")[0];
  $("#code").textContent = board.code;
  const qr = $("#qr", HTMLImageElement);
  if (qr.getAttribute("src") !== board.qr) qr.src = board.qr;
  names = new Map(board.pupils.map((pupil) => [pupil.writer, nameOf(pupil)]));
  const nCorrect = board.pupils.reduce((sum, { correct }) => sum + correct, 0);
  const total = board.ids.length;
  const read = total ? `, ${Math.round((100 * nCorrect) / total)} % read correctly` : "";
  const [pupils, digits] = [count(board.pupils, "pupil"), count(board.ids, "drawing")];
  $("#summary").textContent = `${pupils}, ${digits}${read}`;
  showCounts(board.counts);
  showPupils(board.pupils);
  showDrawings(board);
  showCommands(board.data);
}

const count = (/** @type {unknown[]} */ { length }, /** @type {string} */ noun) =>
  `${length} ${noun}${length === 1 ? "" : "s"}`;

const nameOf = (/** @type {Pupil} */ { writer, name }) => name || `Pupil ${writer}`;

/** @param {number[]} counts */
function showCounts(counts) {
  const max = Math.max(1, ...counts);
  const bars = counts.map((count, digit) => {
    const bar = h("span", { class: "count-bar" });
    bar.style.setProperty("--share", String(count / max));
    return h("li", {}, h("b", {}, String(digit)), bar, h("span", {}, String(count)));
  });
  $("#counts").replaceChildren(...bars);
}

/** @param {Pupil[]} pupils */
function showPupils(pupils) {
  const items = pupils.map((pupil) =>
    h(
      "li",
      {},
      h("b", {}, nameOf(pupil)),
      h("span", {}, ` ${pupil.count} drawn, ${pupil.correct} read`),
    ),
  );
  $("#pupils").replaceChildren(...items);
}

/** @param {Board} board */
function showDrawings({ ids, drawings: received }) {
  const present = new Set(ids);
  const gone = [...drawings.keys()].filter((id) => !present.has(id));
  for (const id of gone) drawings.delete(id);
  for (const drawing of received) {
    drawings.set(drawing.id, drawing);
    after = Math.max(after, drawing.id);
  }
  if (!gone.length && !received.length) return;
  const latest = [...drawings.values()].sort((a, b) => b.id - a.id).slice(0, MAX_SHOWN);
  $("#drawings").replaceChildren(...latest.map(tile));
}

/** @param {Drawing} drawing */
function tile({ id, writer, label, answer, picture }) {
  const isCorrect = answer === String(label);
  const caption = isCorrect ? String(label) : `${label}, read ${answer || "nothing"}`;
  const name = `${label} by ${names.get(writer)}${isCorrect ? "" : `, read as ${answer || "no digit"}`}`;
  return h(
    "li",
    { class: isCorrect ? "" : "misread" },
    h(
      "button",
      { type: "button", "aria-label": `${name}. Remove it`, title: name, onclick: () => remove(id) },
      h("img", { src: picture, alt: "", width: 56, height: 56 }),
      h("span", {}, caption),
    ),
  );
}

/** @param {number} id */
async function remove(id) {
  const drawing = drawings.get(id);
  if (!drawing) return;
  const { label, writer } = drawing;
  if (!confirm(`Remove this ${label} by ${names.get(writer)} from the data set?`)) return;
  try {
    await call(`v1/class/drawings/${id}/remove`, { method: "POST" });
  } catch (error) {
    showError(error);
  }
}

async function compare() {
  const status = $("#compare-status");
  const start = button("#compare");
  start.disabled = true;
  status.textContent = "Comparing …";
  try {
    /** @type {{rows: Row[], means: Mean[], note: string}} */
    const { rows, means, note } = await call("v1/class/comparison");
    status.textContent = note ? `${note[0].toUpperCase()}${note.slice(1)}.` : "";
    $("#comparison").replaceChildren(...(rows.length ? [table(rows), meanTable(means)] : []));
  } catch (error) {
    status.textContent = "";
    showError(error);
  }
  start.disabled = false;
}

const percent = (/** @type {number | null} */ value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);

/** @param {Row[]} rows */
function table(rows) {
  const head = ["Learned from", "Examples", "Accuracy on the class", "Accuracy on MNIST"];
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...head.map((text) => h("th", { scope: "col" }, text)))),
    h(
      "tbody",
      {},
      ...rows.map((row) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, row.learned_from),
          h("td", {}, row.examples === null ? "–" : String(row.examples)),
          h("td", {}, percent(row.class)),
          h("td", {}, percent(row.mnist)),
        ),
      ),
    ),
  );
}

/** @param {Mean[]} means */
function meanTable(means) {
  const row = (/** @type {string} */ title, /** @type {"class" | "mnist"} */ key) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, title),
      ...means.map((mean) =>
        h(
          "td",
          {},
          mean[key]
            ? h("img", { src: mean[key], alt: `Mean ${mean.digit}`, width: 48, height: 48 })
            : "–",
        ),
      ),
    );
  return h(
    "table",
    { class: "means" },
    h("caption", {}, "Mean image of each digit"),
    h("tbody", {}, row("Class", "class"), means.some((m) => m.mnist) ? row("MNIST", "mnist") : null),
  );
}

/** @param {string} data */
function showCommands(data) {
  if ($("#data-name").textContent === data) return;
  $("#data-name").textContent = data;
  const commands = [
    `numerals train cosine --data ${data}`,
    `numerals evaluate latin --data ${data}`,
    `numerals data convert ${data} digits.csv`,
  ];
  $("#commands").replaceChildren(...commands.map((text) => h("li", {}, h("code", {}, text))));
}

/** @param {string | undefined} format */
async function download(format) {
  try {
    const blob = await call("v1/class/export", { query: { format }, as: "blob" });
    const address = URL.createObjectURL(blob);
    const link = h("a", { href: address, download: `${$("#data-name").textContent}.${format}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch (error) {
    showError(error);
  }
}

const token = decodeURIComponent(location.hash.slice(1));
if (token) {
  saveToken(token);
  history.replaceState(null, "", location.pathname); // the board may be on a projector
}
button("#compare").addEventListener("click", compare);
for (const each of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll("[data-format]")
)) {
  each.addEventListener("click", () => download(each.dataset.format));
}
update();

// The teacher's board: the QR code, the growing data set, and its comparison with MNIST.

import { call } from "../api.js";
import { $, h } from "../dom.js";
import { notify } from "../notices.js";
import { saveToken } from "../token.js";

const INTERVAL = 1500; // ms between updates
const MAX_SHOWN = 120; // latest drawings

const notice = $("#notice");
const drawings = new Map(); // id -> {id, writer, label, answer, picture}
let names = new Map(); // writer -> name
let after = 0; // highest id received

async function update() {
  try {
    const board = await call("v1/class", { query: { after } });
    notify(notice, "");
    show(board);
  } catch (error) {
    notify(notice, error.message);
    if (error.status === 401) return; // the user closed the dialog: do not open it again
  }
  setTimeout(update, document.hidden ? 10 * INTERVAL : INTERVAL);
}

function show(board) {
  $("#title").textContent = `Class ${board.class}`;
  document.title = `Class ${board.class} · numerals`;
  $("#address").textContent = board.address.split("#")[0];
  $("#code").textContent = board.code;
  if ($("#qr").getAttribute("src") !== board.qr) $("#qr").src = board.qr;
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

const count = ({ length }, noun) => `${length} ${noun}${length === 1 ? "" : "s"}`;

const nameOf = ({ writer, name }) => name || `Pupil ${writer}`;

function showCounts(counts) {
  const max = Math.max(1, ...counts);
  const bars = counts.map((count, digit) => {
    const bar = h("span", { class: "count-bar" });
    bar.style.setProperty("--share", count / max);
    return h("li", {}, h("b", {}, String(digit)), bar, h("span", {}, String(count)));
  });
  $("#counts").replaceChildren(...bars);
}

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

async function remove(id) {
  const { label, writer } = drawings.get(id);
  if (!confirm(`Remove this ${label} by ${names.get(writer)} from the data set?`)) return;
  try {
    await call(`v1/class/drawings/${id}/remove`, { method: "POST" });
  } catch (error) {
    notify(notice, error.message);
  }
}

async function compare() {
  const status = $("#compare-status");
  const button = $("#compare");
  button.disabled = true;
  status.textContent = "Comparing …";
  try {
    const { rows, means, note } = await call("v1/class/comparison");
    status.textContent = note ? `${note[0].toUpperCase()}${note.slice(1)}.` : "";
    $("#comparison").replaceChildren(...(rows.length ? [table(rows), meanTable(means)] : []));
  } catch (error) {
    status.textContent = "";
    notify(notice, error.message);
  }
  button.disabled = false;
}

const percent = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);

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

function meanTable(means) {
  const row = (title, key) =>
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

async function download({ currentTarget: button }) {
  const { format } = button.dataset;
  try {
    const blob = await call("v1/class/export", { query: { format }, as: "blob" });
    const address = URL.createObjectURL(blob);
    const link = h("a", { href: address, download: `${$("#data-name").textContent}.${format}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch (error) {
    notify(notice, error.message);
  }
}

const token = decodeURIComponent(location.hash.slice(1));
if (token) {
  saveToken(token);
  history.replaceState(null, "", location.pathname); // the board may be on a projector
}
$("#compare").addEventListener("click", compare);
for (const button of document.querySelectorAll("[data-format]")) {
  button.addEventListener("click", download);
}
update();

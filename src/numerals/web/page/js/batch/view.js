// @ts-check
// Batch: the table of a batch's results, with the picture of the selected row beside it.

import { getBatch } from "../batches/batches.js";
import { followBatches } from "../batches/events.js";
import { count } from "../batches/progress.js";
import { $, h } from "../dom.js";
import { showUnsent } from "../home/unsent-notice.js";
import { notify, runWithNotice } from "../notices.js";
import { setDropTarget } from "../upload/drop-anywhere.js";
import { showChanges } from "./changes.js";
import { correct, undoLast } from "./corrections.js";
import { isFilter, makeFilters } from "./filters.js";
import { makeHead } from "./head.js";
import { TableModel } from "./model.js";
import { PicturePanel } from "./picture-panel.js";
import { Table } from "./table.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */
/** @typedef {import("../batches/batches.js").Row} Row */

const REFRESH_INTERVAL = 1500; // ms between updates of the rows while files are read

const section = $("#batch");
/** @type {ReturnType<typeof build> | null} */
let parts = null;
/** @type {Batch | null} */
let batch = null;
/** @type {TableModel | null} */
let model = null;
let stopFollowing = () => {};
let refreshTimer = 0;
let isFirstShown = false;

/** @param {string} argument id of a batch, and a filter after a slash */
export async function enter(argument) {
  const [id, filter = ""] = argument.split("/");
  if (!id) {
    location.hash = "#home";
    return;
  }
  parts ??= build();
  document.addEventListener("keydown", onKey);
  const isSame = batch?.id === id;
  batch = isSame ? batch : null;
  const query = { filter: isFilter(filter) ? filter : "all", search: "", sort: "name" };
  await runWithNotice(parts.notice, () => open(id, query), () => enter(argument));
}

export function leave() {
  stopFollowing();
  stopFollowing = () => {};
  setDropTarget(null);
  clearTimeout(refreshTimer);
  refreshTimer = 0;
  document.removeEventListener("keydown", onKey);
}

function build() {
  const notice = h("p", { class: "notice", role: "alert", hidden: true });
  const run = (/** @type {() => Promise<unknown>} */ action) => runWithNotice(notice, action);
  const head = makeHead(() => batch, run, showBatch);
  const filters = makeFilters((query) => restart(query));
  const table = new Table({
    onselect: (row, number) => panel.show(batch.id, row, number),
    oncorrect: answer,
    onsort: (sort) => restart({ sort }),
  });
  const panel = new PicturePanel(
    (number, text) => {
      answer(number, text);
      table.move(table.model.isForms ? 0 : 1, 0);
    },
    (step) => table.move(step, 0),
  );
  const changes = h("p", { class: "notice info", role: "status", hidden: true });
  const unsent = h("div", {});
  const empty = h("p", { class: "empty", hidden: true });
  const keys = h(
    "p",
    { class: "small table-keys", id: "table-keys" },
    h("span", { class: "key-sign uncertain" }, "? to check"),
    h("span", { class: "key-sign corrected" }, "✎ corrected"),
    h("span", { class: "key-sign confirmed" }, "✓ confirmed"),
    h("span", { class: "keys" }, "J and K: next and previous row. Enter: change or confirm. Ctrl Z: undo."),
  );
  section.replaceChildren(
    head.element,
    notice,
    changes,
    unsent,
    filters.element,
    h("div", { class: "batch-body" }, h("div", { class: "table-side" }, table.element, empty, keys), panel.element),
  );
  return { notice, head, filters, table, panel, changes, unsent, empty, run };
}

/** @param {string} id @param {{filter: string, search: string, sort: string}} query */
async function open(id, query) {
  const opened = await getBatch(id);
  model = new TableModel(id, {
    firstVisible: () => parts.table.firstVisible,
    onchange: onRows,
    onerror: (error) => notify(parts.notice, error.message, () => model.restart()),
  });
  model.query = query;
  isFirstShown = true;
  parts.table.reset(model);
  parts.filters.reset(query);
  parts.panel.show(id, null, null);
  showBatch(opened);
  stopFollowing();
  stopFollowing = followBatches(onEvent, id);
  await model.restart();
  await showUnsent(parts.unsent, [opened]);
}

/** Show the batch's own figures. @param {Batch} shown */
function showBatch(shown) {
  const isReread = batch?.id === shown.id && batch.state !== "done" && shown.state === "done";
  const isChanged = batch?.id === shown.id && batch.version !== shown.version;
  batch = shown;
  setDropTarget(batch);
  parts.head.show(batch);
  parts.filters.showCounts(batch);
  showChangeNotice();
  if (isReread || isChanged) refreshSoon(isReread ? 0 : REFRESH_INTERVAL);
}

function showChangeNotice() {
  const { changes } = parts;
  changes.hidden = !batch.changes || batch.state !== "done";
  if (changes.hidden) return;
  const show = h("button", { type: "button", onclick: () => parts.run(() => showChanges(batch, find)) }, "Show them");
  changes.replaceChildren(`Read again: ${count(batch.changes, "answer")} changed. `, show);
}

/** Show the rows of one file. @param {string} name */
function find(name) {
  const query = { filter: "all", search: name };
  parts.filters.reset(query);
  restart(query);
}

/** @param {Partial<{filter: string, search: string, sort: string}>} query */
function restart(query) {
  isFirstShown = true;
  parts.table.element.scrollTop = 0;
  return model.restart(query);
}

/** Load the visible rows again, unless that will happen anyway. @param {number} delay ms */
function refreshSoon(delay) {
  refreshTimer ||= window.setTimeout(() => {
    refreshTimer = 0;
    const { first, last } = parts.table.list.range;
    model.refresh(first, last);
  }, delay);
}

/** @param {number} shift */
function onRows(shift) {
  const { table, panel, empty, filters } = parts;
  table.prefix = commonPrefix();
  table.update(shift);
  empty.hidden = model.total > 0;
  empty.textContent = emptyText();
  table.element.hidden = model.total === 0;
  const isFiltered = model.query.filter !== "all" || model.query.search;
  filters.say(isFiltered ? `${count(model.total, "file")} shown` : "");
  if (!model.total) panel.show(batch.id, null, null);
  else if (isFirstShown) {
    isFirstShown = false;
    table.select(0, 1);
  } else {
    const row = model.row(table.selected.row);
    if (row.item && row.item.state !== panel.row?.item?.state) panel.forget(row.item.id);
    if (row.item) panel.show(batch.id, row, table.selectedNumber);
  }
}

/** Return the folder that all loaded files are in, which need not be shown in each row. */
function commonPrefix() {
  const names = [...model.pages.values()].flat().map(({ name }) => name);
  const [first = ""] = names;
  const prefix = first.slice(0, first.lastIndexOf("/") + 1);
  return names.every((name) => name.startsWith(prefix)) ? prefix : "";
}

function emptyText() {
  if (model.query.search) return "Nothing matches your search.";
  const texts = {
    all: "No files yet. Drop them anywhere on this page.",
    uncertain: "Nothing to check.",
    failed: "No file failed.",
    corrected: "Nothing corrected yet.",
  };
  return texts[model.query.filter];
}

/** @param {Row} number @param {string} text */
function answer(number, text) {
  return parts.run(() => correct(number, text, showAnswer));
}

function showAnswer() {
  const { table, panel } = parts;
  table.updateRows();
  const row = model.row(table.selected.row);
  if (row.item) panel.forget(row.item.id);
  panel.show(batch.id, row, table.selectedNumber);
}

/** @param {string} event @param {any} data */
function onEvent(event, data) {
  if (event === "batches") data.batches.filter((/** @type {Batch} */ each) => each.id === batch.id).forEach(showBatch);
  if (event === "batch" && data.id === batch.id) showBatch(data);
  if (event === "deleted" && data.id === batch.id) location.hash = "#home";
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.altKey || target.closest("dialog")) return;
  const isText = target.closest("input:not([type=radio]), select, textarea");
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && key === "z" && !isText) {
    event.preventDefault();
    parts.run(async () => {
      if (await undoLast()) showAnswer();
    });
    return;
  }
  if (event.ctrlKey || event.metaKey || isText) return;
  if (key === "j" || key === "k") {
    event.preventDefault();
    parts.table.move(key === "j" ? 1 : -1, 0);
  } else if (key === "/") {
    event.preventDefault();
    parts.filters.search.focus();
  }
}

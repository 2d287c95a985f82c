// @ts-check
// The screen of one batch: the table of its results, with the picture of the selected row beside it.

import { getItem } from "../batches/batches.js";
import { followBatches } from "../batches/events.js";
import { count } from "../batches/progress.js";
import { h } from "../dom.js";
import { showUnsent } from "../home/unsent-notice.js";
import { notify, runWithNotice } from "../notices.js";
import { listTables } from "../tables/service.js";
import { setDropTarget } from "../upload/drop-anywhere.js";
import { legend } from "./cells.js";
import { showChanges } from "./changes.js";
import { makeChecks } from "./checks.js";
import { correct, settled, undoLast } from "./corrections.js";
import { makeFilters } from "./filters.js";
import { makeHead } from "./head.js";
import { TableModel } from "./model.js";
import { PicturePanel } from "./picture-panel.js";
import { Table } from "./table.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */
/** @typedef {import("../batches/batches.js").Row} Row */

const REFRESH_INTERVAL = 1500; // ms between updates of the rows while files are read

/** @type {Record<string, string>} */
const EMPTY_TEXTS = {
  all: "No files yet. Drop them anywhere on this page.",
  uncertain: "Nothing to check.",
  failed: "No file failed.",
  corrected: "Nothing corrected yet.",
};

export class BatchScreen {
  /** @param {Batch} batch @param {string} filter */
  constructor(batch, filter) {
    this.batch = batch;
    this.isFirstShown = true;
    this.nDone = -1; // files that were read when the tables were counted
    this.refreshTimer = 0;
    this.stopFollowing = () => {};
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.#onKey(event);

    this.notice = h("p", { class: "notice", role: "alert", hidden: true });
    this.changes = h("p", { class: "notice info", role: "status", hidden: true });
    this.unsent = h("div", {});
    this.checks = makeChecks({
      onopen: (name) => this.#find(name),
      getPrefix: () => this.table.prefix,
      onreadagain: () => this.head.readAgain(),
    });
    this.empty = h("p", { class: "empty", hidden: true });
    this.head = makeHead(
      () => this.batch,
      (action) => this.run(action),
      (changed) => this.#showBatch(changed),
    );
    this.filters = makeFilters((query) => this.restart(query));
    this.model = new TableModel(batch.id, {
      firstVisible: () => this.table.firstVisible,
      onchange: (shift) => this.#onRows(shift),
      onerror: (error) => notify(this.notice, error.message, () => this.restart({})),
    });
    this.model.query.filter = filter;
    this.table = new Table(this.model, {
      onselect: (row, number) => this.panel.show(row, number),
      oncorrect: (number, text) => this.answer(number, text),
      onsort: (sort) => this.restart({ sort }),
      onend: () => this.#restartWhenSettled(),
    });
    this.panel = new PicturePanel(batch.id, {
      oncorrect: (number, text) => {
        this.answer(number, text);
        this.table.moveOn();
      },
      onmove: (step) => this.table.move(step, 0),
      ondetail: (detail) => {
        this.model.merge(detail);
        this.table.updateRows();
      },
    });
    this.filters.reset(this.model.query);
    this.elements = [
      this.head.element,
      this.notice,
      this.changes,
      this.unsent,
      this.checks.element,
      this.filters.element,
      h(
        "div",
        { class: "batch-body" },
        h("div", { class: "table-side" }, this.table.element, this.empty, legend("J and K: next and previous row. Enter: change or confirm. Ctrl Z: undo.")),
        this.panel.element,
      ),
    ];
  }

  /** @template T @param {() => Promise<T>} action */
  run(action) {
    return runWithNotice(this.notice, action);
  }

  async start() {
    document.addEventListener("keydown", this.onKey);
    this.#showBatch(this.batch);
    this.stopFollowing = followBatches((event, data) => this.#onEvent(event, data), this.batch.id);
    await this.model.restart();
    await this.run(() => showUnsent(this.unsent, [this.batch]));
  }

  stop() {
    this.stopFollowing();
    setDropTarget(null);
    clearTimeout(this.refreshTimer);
    this.checks.stop();
    document.removeEventListener("keydown", this.onKey);
  }

  /** Load the table again, with other choices. @param {Partial<import("./model.js").Query>} query */
  restart(query) {
    this.isFirstShown = true;
    this.nDone = -1; // files that were read when the tables were counted
    this.table.element.scrollTop = 0;
    return this.model.restart(query);
  }

  /** Load the uncertain numbers again: those of files that were not loaded before may be left. */
  async #restartWhenSettled() {
    await settled();
    await this.restart({});
  }

  /** Show the batch's own figures. @param {Batch} shown */
  #showBatch(shown) {
    const isChanged = this.batch.version !== shown.version;
    const isFinished = this.batch.state !== "done" && shown.state === "done";
    this.batch = shown;
    setDropTarget(shown);
    this.head.show(shown);
    this.filters.showCounts(shown);
    this.#countTables(shown);
    this.#showChangeNotice();
    this.checks.show(shown);
    // In a filtered table, rows that were answered would disappear while the user works in it.
    const isStill = shown.state === "done" && this.model.query.filter !== "all";
    if (isFinished || (isChanged && !isStill)) this.#refreshSoon(isFinished ? 0 : REFRESH_INTERVAL);
  }

  /** Link to the tables of the batch, if there are any. @param {Batch} batch */
  async #countTables({ id, done, templates }) {
    if (done === this.nDone || templates.length) return;
    this.nDone = done;
    const found = await this.run(() => listTables(id, 1));
    if (found) this.head.showTables(found.total);
  }

  #showChangeNotice() {
    const { changes, state } = this.batch;
    this.changes.hidden = !changes || state !== "done";
    if (this.changes.hidden) return;
    const list = () => showChanges(this.batch, (name) => this.#find(name));
    const show = h("button", { type: "button", onclick: () => this.run(list) }, "Show them");
    this.changes.replaceChildren(`Read again: ${count(changes, "answer")} changed. `, show);
  }

  /** Show the rows of one file. @param {string} name */
  #find(name) {
    const query = { filter: "all", search: name };
    this.filters.reset(query);
    this.restart(query);
  }

  /** Load the visible rows again, unless that will happen anyway. @param {number} delay ms */
  #refreshSoon(delay) {
    this.refreshTimer ||= window.setTimeout(() => {
      this.refreshTimer = 0;
      const { first, last } = this.table.list.range;
      this.model.refresh(first, last);
    }, delay);
  }

  /** @param {number} shift */
  #onRows(shift) {
    const { model, table, panel } = this;
    table.prefix = model.commonFolder();
    table.element.hidden = model.total === 0;
    table.update(shift);
    this.empty.hidden = model.total > 0;
    const { filter, search } = model.query;
    this.empty.textContent = search ? "Nothing matches your search." : EMPTY_TEXTS[filter];
    this.filters.say(filter !== "all" || search ? `${count(model.total, "file")} shown` : "");
    if (!model.total) panel.show(null, null);
    else if (this.isFirstShown) {
      this.isFirstShown = false;
      table.selectUncertain(0);
    } else this.#showSelected();
  }

  #showSelected() {
    const { model, table, panel } = this;
    const row = model.row(table.selected.row);
    if (!row.item) return; // it is being loaded
    if (row.item !== panel.row?.item) panel.forget(row.item.id);
    panel.show(row, table.selectedNumber);
  }

  /** @param {Row} number @param {string} text */
  answer(number, text) {
    return this.run(async () => {
      await correct(number, text, () => this.#showAnswer());
      const item = this.model.itemOf(number);
      if (!item || !this.model.isForms) return;
      // A sum that does not hold any more makes its other numbers uncertain.
      this.model.merge(await getItem(this.batch.id, item.id));
      this.table.updateRows();
      this.#showSelected();
    });
  }

  #showAnswer() {
    const { model, table, panel } = this;
    table.updateRows();
    const { item } = model.row(table.selected.row);
    if (item) panel.forget(item.id);
    this.#showSelected();
  }

  /** @param {string} event @param {any} data */
  #onEvent(event, data) {
    /** @type {Batch[]} */
    const batches = event === "batches" ? data.batches : event === "batch" ? [data] : [];
    const shown = batches.find(({ id }) => id === this.batch.id);
    if (shown) this.#showBatch(shown);
    if (event === "deleted" && data.id === this.batch.id) location.hash = "#home";
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || target.closest("dialog")) return;
    if (target.closest("input:not([type=radio]), select, textarea")) return;
    const key = event.key.toLowerCase();
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && key === "z") {
      this.run(async () => {
        if (await undoLast()) this.#showAnswer();
      });
    } else if (isControl) return;
    else if (key === "j") this.table.move(1, 0);
    else if (key === "k") this.table.move(-1, 0);
    else if (key === "/") this.filters.search.focus();
    else return;
    event.preventDefault();
  }
}

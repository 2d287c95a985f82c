// @ts-check
// The tables of a batch: one of them as a grid, beside the picture of its page.

import { confirmCell, answerCell } from "./answers.js";
import { legend } from "../batch/cells.js";
import { settled, undoLast } from "../batch/corrections.js";
import { exportMenu } from "../batch/export-menu.js";
import { followBatches } from "../batches/events.js";
import { pagePicture } from "../batches/batches.js";
import { count } from "../batches/progress.js";
import { copyTextAndHtml } from "../clipboard.js";
import { h, icon, setText } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { isProbable } from "../review/number-input.js";
import { rememberControl } from "../settings.js";
import { makeCellBar } from "./cell-bar.js";
import { CellTable, cellStatus, textOf } from "./cells.js";
import { keyOf, makeChooser } from "./chooser.js";
import { toHtmlTable, toTabText } from "./copy.js";
import { Grid } from "./grid.js";
import { getTable, listTables } from "./service.js";
import { TablePicture } from "./table-picture.js";

/** @typedef {import("../batches/batches.js").Batch} Batch */
/** @typedef {import("./cells.js").Cell} Cell */

const PAGE_SIDE = 2400; // pixels of the longer side of a page's picture
const KEYS =
  "Type to change. Enter accepts, Tab goes right, N to the next one to check. Ctrl Z: undo. Ctrl C: copy. Esc leaves the table.";

export class TablesScreen {
  /** @param {Batch} batch @param {string} key of the table to show, such as "12/1/2" */
  constructor(batch, key) {
    this.batch = batch;
    this.key = key;
    this.isLeft = false;
    this.stopFollowing = () => {};
    /** @type {CellTable | null} */
    this.table = null;
    /** @type {Grid | null} */
    this.grid = null;
    /** @type {TablePicture | null} */
    this.picture = null;
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.#onKey(event);
    this.notice = h("p", { class: "notice", role: "alert", hidden: true });
    this.status = h("span", { class: "small", role: "status" });
    this.chooser = makeChooser((table) => this.run(() => this.#open(table)));
    this.bar = makeCellBar({
      onanswer: (cell, text) => this.#answerAndFocus(cell, text),
      onconfirm: (cell) => this.#answerAndFocus(cell, textOf(cell)),
      onedit: () => this.grid?.edit(),
    });
    this.copyButton = h("button", { type: "button", class: "primary", onclick: () => this.copy() }, icon("copy"), "Copy for Excel", " ", h("kbd", {}, "Ctrl C"));
    this.nextButton = h("button", { type: "button", onclick: () => this.#selectUncertain(1) }, "Next to check", " ", h("kbd", {}, "N"));
    this.isChecking = checkbox("table-checking", true);
    this.hasTexts = checkbox("table-texts", false);
    this.hasTexts.addEventListener("change", () => this.picture?.showTexts(this.hasTexts.checked));
    this.content = h("div", { class: "table-content" });
    this.elements = [this.#head(), this.notice, this.content];
  }

  #head() {
    const menu = exportMenu(
      () => this.batch,
      (action) => this.run(action),
    );
    const title = h("h1", { id: "batch-title" }, this.batch.name);
    return h(
      "div",
      { class: "tables-head" },
      h("div", { class: "batch-title-row" }, h("a", { class: "button back", href: `#batch/${this.batch.id}`, "aria-label": "All files of this batch" }, icon("back")), title),
      this.chooser.element,
      h("div", { class: "toolbar" }, this.copyButton, menu, this.nextButton, h("label", { class: "switch" }, this.isChecking, "Enter goes to the next one to check"), h("label", { class: "switch" }, this.hasTexts, "Numbers on the picture"), this.status),
    );
  }

  /** @template T @param {() => Promise<T>} action */
  run(action) {
    return runWithNotice(this.notice, action);
  }

  async start() {
    document.title = `${this.batch.name} · numerals`;
    document.addEventListener("keydown", this.onKey);
    this.stopFollowing = followBatches((event, data) => {
      if (event === "deleted" && data.id === this.batch.id) location.hash = "#home";
    }, this.batch.id);
    await this.run(async () => {
      const { tables } = await listTables(this.batch.id);
      const first = this.chooser.show(tables, this.key);
      if (first) await this.#open(first);
      else this.content.replaceChildren(h("p", { class: "empty" }, "No tables were found in these files."));
    });
  }

  stop() {
    this.isLeft = true;
    this.picture?.stop();
    this.stopFollowing();
    document.removeEventListener("keydown", this.onKey);
  }

  /** @param {import("./service.js").TablePlace} place */
  async #open(place) {
    this.key = keyOf(place);
    await settled(); // answers for the table that was shown
    const stored = await getTable(this.batch.id, place);
    if (this.isLeft || this.key !== keyOf(place)) return;
    history.replaceState(null, "", `#batch/${this.batch.id}/tables/${this.key}`);
    this.#showTable(new CellTable(stored));
    const table = /** @type {CellTable} */ (this.table);
    this.grid?.select(table.nextUncertain(null) ?? table.cells[0]);
  }

  /** @param {CellTable} table */
  #showTable(table) {
    this.table = table;
    this.grid = new Grid(table, {
      onselect: (cell) => this.#show(cell),
      onanswer: (cell, text) => this.answer(cell, text),
      ondraft: (cell, text) => this.picture?.showText(cell, text),
      onenter: (isShift) => this.#onEnter(isShift),
      onleave: () => this.copyButton.focus(),
      onextend: (axis) => this.#extend(axis),
    });
    this.#showPicture(table);
    this.#showCount();
  }

  /** Add a row or column that was not found, and select its first cell. @param {"row" | "column"} axis */
  #extend(axis) {
    const table = /** @type {CellTable} */ (this.table);
    table.extend(axis);
    this.#showTable(table);
    this.grid?.select(axis === "row" ? table.at(Infinity, 1) : table.at(1, Infinity));
  }

  /** @param {CellTable} table */
  #showPicture(table) {
    this.picture?.stop();
    this.picture = null;
    if (table.hasPicture) {
      const { item, page } = table.place;
      const address = pagePicture(this.batch.id, item, page, PAGE_SIDE);
      this.picture = new TablePicture(table, address, (cell) => this.grid?.select(cell));
      this.picture.showTexts(this.hasTexts.checked);
    }
    this.content.classList.toggle("without-picture", !this.picture);
    this.content.classList.toggle("wide", Boolean(this.picture?.isWide));
    const side = h("div", { class: "grid-side" }, this.bar.element, this.grid?.element, legend(KEYS));
    this.content.replaceChildren(...(this.picture ? [this.picture.element, side] : [side]));
  }

  /** @param {Cell} cell */
  #show(cell) {
    this.picture?.select(cell);
    this.bar.show(cell);
  }

  #showCount() {
    const n = this.table?.nUncertain ?? 0;
    setText(this.status, n ? `${count(n, "cell")} to check` : "Nothing to check");
    this.nextButton.disabled = !n;
  }

  /** Set what a cell says; the same text confirms it. @param {Cell} cell @param {string} text */
  answer(cell, text) {
    const table = /** @type {CellTable} */ (this.table);
    const onchange = () => {
      if (this.table !== table) return;
      this.grid?.update(cell);
      this.picture?.update(cell);
      if (cell === this.grid?.selected) this.bar.show(cell);
      this.#showCount();
    };
    const isSame = text === textOf(cell);
    return this.run(() =>
      isSame ? confirmCell(cell, onchange) : answerCell(this.batch.id, table, cell, text, onchange),
    );
  }

  /** @param {Cell} cell @param {string} text */
  #answerAndFocus(cell, text) {
    this.answer(cell, text);
    this.grid?.select(cell);
  }

  /** @param {boolean} isShift */
  #onEnter(isShift) {
    const { grid, table } = this;
    if (!grid || !table) return;
    const cell = grid.selected;
    const isUncertain = cellStatus(cell) === "uncertain";
    if (!this.isChecking.checked || !table.nUncertain) grid.move(isShift ? -1 : 1, 0);
    else if (isShift || !isUncertain) this.#selectUncertain(isShift ? -1 : 1);
    else if (isImprobable(cell)) grid.edit();
    else {
      this.answer(cell, textOf(cell));
      this.#selectUncertain(1);
    }
  }

  /** @param {1 | -1} step */
  #selectUncertain(step) {
    const { grid, table } = this;
    if (!grid || !table) return;
    grid.select(table.nextUncertain(grid.selected, step) ?? grid.selected);
  }

  copy() {
    const { table } = this;
    if (!table) return;
    const rows = table.texts();
    const isCopied = copyTextAndHtml(toTabText(rows), toHtmlTable(rows));
    const size = `${count(rows.length, "row")}, ${count(rows[0]?.length ?? 0, "column")}`;
    const rest = table.nUncertain ? `; ${count(table.nUncertain, "cell")} not checked` : "";
    setText(this.status, isCopied ? `Copied ${size}${rest}` : "The browser refused to copy. Use Export.");
  }

  async #undo() {
    const number = await undoLast();
    const cell = number && this.table?.cellOf(number);
    if (number && !cell) setText(this.status, "Undone in another table");
    if (!cell) return;
    this.picture?.update(cell);
    this.grid?.update(cell);
    this.#showCount();
    this.grid?.select(cell);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || target.closest("dialog, input:not([type=checkbox]), select, textarea")) return;
    const key = event.key.toLowerCase();
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && key === "z") this.run(() => this.#undo());
    else if (isControl && key === "c" && !String(getSelection())) this.copy();
    else if (!isControl && key === "n") this.#selectUncertain(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }
}

/** @param {string} name of the setting @param {boolean} preset */
function checkbox(name, preset) {
  const box = h("input", { type: "checkbox" });
  box.checked = preset;
  rememberControl(box, name);
  return box;
}

/** Return whether a reading is so improbable that it must be looked at to be confirmed. @param {Cell} cell */
const isImprobable = ({ numbers }) => numbers.some(({ text, confidence }) => !isProbable(text, confidence));

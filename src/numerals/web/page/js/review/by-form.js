// @ts-check
// All numbers of a page beside its picture. Tab moves between the uncertain ones.

import { picture, showPicture } from "../batch/pictures.js";
import { describe } from "../confidence.js";
import { h, setText } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { showHistory } from "./history.js";
import { initialText, isUnedited, problemOf, startWith } from "./number-input.js";
import { placeOf } from "./number-card.js";
import { PagePicture } from "./page-picture.js";
import { ruleItems } from "./rules.js";
import { listPage, listPages } from "./service.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {import("./screens.js").Desk} Desk */
/** @typedef {{item: CheckItem, input: HTMLInputElement, status: HTMLElement, element: HTMLElement}} FieldRow */

export class ByForm {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {{line_id: string, source: string, page: number, count: number}[]} */
    this.pages = [];
    this.at = 0; // index of the shown page
    /** @type {FieldRow[]} */
    this.rows = [];
    this.picture = new PagePicture();
    this.title = h("h2", { class: "check-place" });
    const step = (/** @type {string} */ text, /** @type {string} */ key, /** @type {number} */ by) =>
      h("button", { type: "button", onclick: () => this.#go(by) }, text, " ", h("kbd", {}, key));
    this.head = h("div", { class: "check-form-head" }, this.title, step("Previous", "B", -1), step("Next", "N", 1));
    this.list = h("div", { class: "check-fields" });
    this.rules = h("ul", { class: "check-rules", "aria-label": "Rules of the form" });
    const button = (/** @type {string} */ text, /** @type {string} */ key, /** @type {() => void} */ run) =>
      h("button", { type: "button", onclick: run }, text, " ", h("kbd", {}, key));
    this.pageButton = button("Page", "P", () => this.togglePage());
    this.historyButton = button("History", "H", () => void this.toggleHistory());
    this.history = h("div", { class: "changes", tabindex: 0, role: "group", "aria-label": "History" });
    /** @type {Set<CheckItem>} */
    this.skipped = new Set(); // on this page
    this.form = h(
      "form",
      { class: "check-form" },
      this.head,
      this.rules,
      this.list,
      h(
        "div",
        { class: "toolbar check-main" },
        h("button", { type: "submit", class: "primary" }, "Accept ", h("kbd", {}, "Enter")),
        button("Nothing here", "Del", () => this.#answerFocused("")),
        button("Skip", "S", () => this.#skip()),
        this.pageButton,
        this.historyButton,
      ),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#accept();
    });
    this.body = h("div", { class: "check-body", hidden: true }, this.picture.element, this.form);
    this.empty = h("div", { class: "check-empty", hidden: true }, h("p", { class: "empty-title" }, "Nothing to check"));
    this.element = h("div", {}, this.body, this.empty);
    /** @type {FieldRow | null} */
    this.focused = null;
  }

  /** Whether an item is to be checked and not answered. @param {CheckItem} item */
  #isOpen(item) {
    const isShown = item.uncertain || this.desk.filter().show === "all";
    return item.state === "waiting" && item.given === undefined && isShown && !this.skipped.has(item);
  }

  /** Whether nobody has answered an item because it was skipped. @param {CheckItem} item */
  #isSkipped(item) {
    return item.given === undefined && (item.state === "skipped" || this.skipped.has(item));
  }

  async enter() {
    await this.desk.answers.settled();
    this.pages = (await listPages(this.desk.filter())).pages;
    this.at = 0;
    await this.#showPage();
  }

  get waiting() {
    return this.rows.filter((row) => this.#isOpen(row.item)).length;
  }

  get progress() {
    if (!this.pages.length) return "0 to check";
    const kind = this.rows.length && !this.rows.some(({ item }) => item.field) ? "Page" : "Form";
    const place = `${kind} ${Math.min(this.at + 1, this.pages.length)} of ${this.pages.length}`;
    return `${place} · ${this.waiting} to check on it`;
  }

  async #showPage() {
    const page = this.pages[this.at];
    this.body.hidden = !page;
    this.empty.hidden = Boolean(page);
    this.rows = [];
    this.focused = null;
    this.skipped.clear();
    this.#closeHistory();
    if (!page) {
      this.picture.show(null);
      this.desk.showProgress();
      return;
    }
    setText(this.title, page.page > 1 ? `${page.source}, page ${page.page}` : page.source);
    const { items } = await listPage(page.line_id);
    if (this.pages[this.at] !== page) return;
    this.rows = items.map((item) => this.#makeRow(item));
    this.list.replaceChildren(...this.rows.map(({ element }) => element));
    this.#focusOpen(0);
    this.desk.showProgress();
    this.#prefetch();
  }

  /** @param {CheckItem} item @returns {FieldRow} */
  #makeRow(item) {
    const name = item.field ? placeOf(item) : item.row ? placeOf(item) : `Line ${item.line}`;
    const input = h("input", {
      "aria-label": name,
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 200,
    });
    const crop = h("img", { class: "check-field-crop", alt: "" });
    showPicture(crop, item.crop);
    const status = h("span", { class: "small" });
    const element = h("label", { class: "check-field" }, h("span", { class: "check-field-name" }, name), crop, input, status);
    const row = { item, input, status, element };
    input.addEventListener("focus", () => this.#onFocus(row));
    input.addEventListener("input", () => this.#showRules());
    this.#fill(row);
    return row;
  }

  /** @param {FieldRow} row */
  #fill({ item, input, status, element }) {
    const isWaiting = this.#isOpen(item);
    startWith(input, isWaiting ? initialText(item) : (item.given ?? item.text));
    input.tabIndex = isWaiting ? 0 : -1;
    element.classList.toggle("uncertain", isWaiting);
    element.classList.toggle("answered", item.given !== undefined);
    setText(status, isWaiting ? describeOpen(item) : this.#isSkipped(item) ? "Skipped" : statusOf(item));
  }

  /** @param {FieldRow} row */
  #onFocus(row) {
    if (this.focused !== row) this.#closeHistory();
    this.focused = row;
    for (const each of this.rows) each.element.classList.toggle("focused", each === row);
    row.input.select();
    row.element.scrollIntoView({ block: "nearest" });
    this.picture.show(row.item);
    this.pageButton.hidden = this.picture.element.hidden;
    this.#showRules();
  }

  #showRules() {
    const { item, input } = this.focused ?? { item: null, input: null };
    const typed = item?.field && input ? { [item.field]: input.value.trim() } : {};
    this.rules.replaceChildren(...ruleItems(this.rows[0]?.item.page_of ?? null, typed));
  }

  /** Focus the first uncertain number from an index on. @param {number} from */
  #focusOpen(from) {
    const after = this.rows.slice(from).find((row) => this.#isOpen(row.item));
    const row = after ?? this.rows.find((each) => this.#isOpen(each.item));
    (row ?? this.rows[0])?.input.focus();
    return Boolean(row);
  }

  #accept() {
    const row = this.focused;
    if (!row) return;
    const text = row.input.value.trim();
    const problem = isUnedited(row.input) && !this.#isOpen(row.item) ? "" : problemOf(text, row.item);
    if (problem) return this.desk.say(problem);
    this.#answer(row, text);
  }

  /** @param {string} text */
  #answerFocused(text) {
    if (this.focused) this.#answer(this.focused, text);
  }

  /** @param {FieldRow} row @param {string} text */
  #answer(row, text) {
    this.desk.say("");
    const { item } = row;
    const isAnswered = !this.#isOpen(item) && !this.#isSkipped(item);
    if (!isAnswered || text !== (item.given ?? item.text)) this.desk.answers.answer(this, item, text);
    this.#passed(row);
  }

  #skip() {
    const row = this.focused;
    if (!row) return;
    this.desk.say("");
    if (this.#isOpen(row.item)) {
      this.skipped.add(row.item);
      this.desk.answers.skip(this, row.item);
    }
    this.#passed(row);
  }

  /** Go on from a row. @param {FieldRow} row */
  #passed(row) {
    this.#fill(row);
    this.desk.showProgress();
    if (!this.#focusOpen(this.rows.indexOf(row) + 1)) this.#go(1);
  }

  /** The number of an answer as written. @param {CheckItem} item @param {string} text */
  answerAsWritten(item, text) {
    this.desk.answers.answer(this, item, text, true);
    this.refresh();
  }

  /** @param {number} step */
  #go(step) {
    if (this.at + step < 0) return this.desk.say("This is the first page.");
    this.desk.say("");
    this.at = Math.min(this.at + step, this.pages.length);
    this.#showPage().catch((error) => this.desk.fail(error, () => this.#showPage()));
  }

  /** Show an item that was undone, or could not be sent. @param {CheckItem} item */
  restore(item) {
    this.skipped.delete(item);
    const row = this.rows.find((each) => each.item === item);
    if (row) {
      this.refresh();
      row.input.focus();
      return;
    }
    const at = this.pages.findIndex(({ source, page }) => source === item.source && page === item.page);
    this.at = Math.max(0, at);
    this.#showPage().catch((error) => this.desk.fail(error, () => this.#showPage()));
  }

  refresh() {
    for (const row of this.rows) this.#fill(row);
    this.#showRules();
    this.desk.showProgress();
  }

  togglePage() {
    const isPressed = this.picture.toggle(this.body);
    this.pageButton.setAttribute("aria-pressed", String(isPressed));
  }

  async toggleHistory() {
    const row = this.focused;
    if (this.history.isConnected || !row) return this.#closeHistory();
    row.element.after(this.history);
    this.historyButton.setAttribute("aria-expanded", "true");
    await runWithNotice(this.desk.notice, async () => {
      await this.desk.answers.settled();
      await showHistory(this.history, row.item);
    });
    this.history.scrollIntoView({ block: "nearest" });
  }

  #closeHistory() {
    this.history.remove();
    this.history.replaceChildren();
    this.historyButton.setAttribute("aria-expanded", "false");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const row = this.focused;
    if (!row) return false;
    if (event.key === "Enter" && event.repeat) return true;
    if (event.key === "Delete" && event.target === row.input && isUnedited(row.input)) {
      if (!event.repeat) this.#answer(row, "");
      return true;
    }
    /** @type {Record<string, () => void>} */
    const commands = {
      b: () => this.#go(-1),
      n: () => this.#go(1),
      s: () => this.#skip(),
      p: () => this.togglePage(),
      h: () => void this.toggleHistory(),
    };
    const command = commands[event.key.toLowerCase()];
    if (!command || (command === commands.p && this.pageButton.hidden)) return false;
    if (!event.repeat) command();
    return true;
  }

  isTyping() {
    return this.focused !== null && !isUnedited(this.focused.input);
  }

  /** Load the crops and the picture of the next page. */
  async #prefetch() {
    const next = this.pages[this.at + 1];
    if (!next) return;
    try {
      const { items } = await listPage(next.line_id);
      const addresses = [items[0]?.page_of?.picture, ...items.map(({ crop }) => crop)];
      await Promise.all(addresses.map((address) => (address ? picture(address) : null)));
    } catch {
      // It is requested again when it is shown.
    }
  }
}

/** @param {CheckItem} item */
function describeOpen(item) {
  return [`Read as ${item.read || "empty"}: ${describe(item.confidence)}`, item.note].filter(Boolean).join(" · ");
}

/** @param {CheckItem} item */
function statusOf(item) {
  const text = item.given ?? item.text;
  if (item.given === undefined && item.state === "waiting") return "";
  if (text === "") return "✓ Nothing here";
  return text === item.read ? "✓ Confirmed" : `✎ Corrected from ${item.read || "empty"}`;
}

// @ts-check
// Crops with the same reading, side by side: pick the odd ones, and one key confirms the rest.

import { picture } from "../batch/pictures.js";
import { h, setText } from "../dom.js";
import { CropGrid } from "./crop-grid.js";
import { PagePicture } from "./page-picture.js";
import { listGroups, listWaiting } from "./service.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */
/** @typedef {import("./screens.js").Desk} Desk */
/** @typedef {{text: string, count: number}} Group */

const MAX_SHOWN = 60; // crops at a time

export class SameReading {
  /** @param {Desk} desk @param {(items: CheckItem[]) => void} onodd gets the odd ones */
  constructor(desk, onodd) {
    this.desk = desk;
    this.onodd = onodd;
    /** @type {Group[]} */
    this.groups = [];
    this.text = "";
    /** @type {Set<string>} */
    this.odd = new Set(); // ids of items that were picked; they are left for one by one
    this.title = h("h2", { class: "check-place", id: "check-same" });
    this.grid = new CropGrid("Numbers", "odd", () => this.#showButton(), () => this.#showPage());
    this.picture = new PagePicture();
    this.pageButton = h("button", { type: "button", onclick: () => this.togglePage() }, "Page ", h("kbd", {}, "P"));
    this.confirm = h("button", { type: "button", class: "primary", onclick: () => this.#accept() });
    this.next = h("button", { type: "button", onclick: () => this.#skipGroup() }, "Next number ", h("kbd", {}, "N"));
    this.chips = h("div", { class: "chips check-groups", role: "group", "aria-label": "Readings" });
    this.left = h("p", { class: "small check-left" });
    this.body = h(
      "div",
      { class: "check-body", hidden: true },
      this.picture.element,
      h(
        "div",
        { class: "check-same" },
        this.chips,
        this.title,
        h("p", { class: "small" }, "Click the odd ones, or move with the arrow keys and press Space."),
        this.grid.element,
        h("div", { class: "toolbar check-main" }, this.confirm, this.next, this.pageButton),
      ),
    );
    this.empty = h(
      "div",
      { class: "check-empty", hidden: true },
      h("p", { class: "empty-title" }, "No equal readings are left"),
      h("p", {}, "“All unchecked numbers” compares the certain ones, too."),
    );
    this.element = h("div", {}, this.body, this.empty, this.left);
  }

  async enter() {
    await this.desk.answers.settled();
    this.groups = (await listGroups(this.desk.filter())).groups;
    await this.#show(this.groups[0]);
  }

  get waiting() {
    return this.groups.reduce((total, { count }) => total + count, 0);
  }

  get progress() {
    const n = this.groups.length;
    return n ? `${this.waiting} to compare, in ${n} ${n === 1 ? "group" : "groups"}` : "0 to compare";
  }

  /** @param {Group | undefined} group @returns {Promise<void>} */
  async #show(group) {
    this.body.hidden = !group;
    this.empty.hidden = Boolean(group);
    this.#showLeft();
    this.desk.showProgress();
    if (!group) return;
    this.text = group.text;
    const query = { text: group.text, order: "confidence" };
    const { items } = await listWaiting(this.desk.filter(), MAX_SHOWN, query);
    const shown = items.filter(({ id }) => !this.odd.has(id));
    if (this.text !== group.text) return;
    if (!shown.length) return this.#drop();
    setText(this.title, `Which of these is not ${this.#name()}?`);
    this.grid.show(shown, `Numbers that were read as ${this.#name()}`, `not ${this.#name()}`);
    this.chips.replaceChildren(...this.groups.slice(0, 12).map((each) => this.#chip(each)));
    this.#showButton();
    this.grid.focus();
    this.#prefetch();
  }

  /** Show or hide the page of the focused crop. */
  togglePage() {
    const isOpen = this.body.classList.toggle("page-open");
    this.pageButton.setAttribute("aria-pressed", String(isOpen));
    this.#showPage();
  }

  #showPage() {
    const isOpen = this.body.classList.contains("page-open");
    this.picture.show(isOpen ? this.grid.current : null);
  }

  #name() {
    return this.text || "empty";
  }

  /** @param {Group} group */
  #chip(group) {
    const isShown = group.text === this.text;
    const open = () => this.#run(() => this.#show(group));
    const button = h("button", { type: "button", class: "chip", "aria-pressed": String(isShown), onclick: open });
    button.append(h("b", {}, group.text || "empty"), ` ${group.count}`);
    return button;
  }

  #showButton() {
    const nOdd = this.grid.itemsThat(true).length;
    const nRest = this.grid.itemsThat(false).length;
    const text = nOdd ? `The other ${nRest} are ${this.#name()} ` : `All ${nRest} are ${this.#name()} `;
    this.confirm.replaceChildren(nRest ? text : "None of them ", h("kbd", {}, "Enter"));
  }

  #accept() {
    const rest = this.grid.itemsThat(false);
    const odd = this.grid.itemsThat(true);
    for (const { id } of odd) this.odd.add(id);
    this.desk.say("");
    if (rest.length) {
      const name = `${rest.length} × ${this.#name()} confirmed`;
      this.desk.answers.answerTogether(this, rest, null, name);
    }
    const group = this.groups.find(({ text }) => text === this.text);
    const nLeft = (group?.count ?? 0) - rest.length - odd.length;
    if (group && nLeft > 0) {
      group.count = nLeft;
      this.#run(async () => {
        await this.desk.answers.settled();
        await this.#show(group);
      });
    } else {
      this.#run(() => this.#drop());
    }
  }

  /** Leave the shown group and show the next one. @returns {Promise<void>} */
  #drop() {
    const at = this.groups.findIndex(({ text }) => text === this.text);
    this.groups = this.groups.filter(({ text }) => text !== this.text);
    return this.#show(this.groups[at] ?? this.groups[0]);
  }

  #skipGroup() {
    const at = this.groups.findIndex(({ text }) => text === this.text);
    this.#run(() => this.#show(this.groups[(at + 1) % this.groups.length]));
  }

  /** @param {() => Promise<void>} action */
  #run(action) {
    action().catch((error) => this.desk.fail(error, () => this.#run(() => this.enter())));
  }

  #showLeft() {
    const n = this.odd.size;
    const open = h("button", { type: "button", class: "link", onclick: () => this.#openOdd() }, "check them one by one");
    const items = n === 1 ? "1 odd one is left: " : `${n} odd ones are left: `;
    this.left.replaceChildren(...(n ? [items, open] : []));
  }

  #openOdd() {
    this.#run(async () => {
      await this.desk.answers.settled();
      const { items } = await listWaiting(this.desk.filter(), 500, { order: "page" });
      const odd = items.filter(({ id }) => this.odd.has(id));
      this.odd.clear();
      // An odd one is not what was read.
      this.onodd(odd.map((item) => ({ ...item, confidence: 0 })));
    });
  }

  restore() {
    this.#run(() => this.enter());
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (this.body.hidden) return false;
    const isInGrid = this.grid.element.contains(/** @type {Node} */ (event.target));
    if (event.key === "Enter" && (isInGrid || event.target === document.body)) {
      if (!event.repeat) this.#accept();
      return true;
    }
    /** @type {Record<string, () => void>} */
    const commands = { n: () => this.#skipGroup(), p: () => this.togglePage() };
    const command = commands[event.key.toLowerCase()];
    if (!command) return false;
    if (!event.repeat) command();
    return true;
  }

  isTyping() {
    return false;
  }

  /** Load the crops of the next group. */
  async #prefetch() {
    const at = this.groups.findIndex(({ text }) => text === this.text);
    const next = this.groups[at + 1];
    if (!next) return;
    try {
      const { items } = await listWaiting(this.desk.filter(), MAX_SHOWN, { text: next.text });
      for (const { crop } of items) if (crop) picture(crop).catch(() => {});
    } catch {
      // They are requested again when they are shown.
    }
  }
}

// @ts-check
// One number: its crop, the rules of its field, its input and the buttons.

import { showPicture } from "../batch/pictures.js";
import { h, setText } from "../dom.js";
import { isUnedited, startWith } from "./number-input.js";
import { fieldName, ruleItems } from "./rules.js";

/** @typedef {import("../types.js").CheckItem} CheckItem */

export class NumberCard {
  /** @param {Record<"accept" | "nothing" | "back" | "skip" | "page" | "history", () => void>} actions */
  constructor(actions) {
    /** @type {CheckItem | null} */
    this.item = null;
    this.place = h("p", { class: "check-place" });
    this.crop = h("img", { class: "check-crop", alt: "" });
    this.meta = h("p", { class: "small", id: "check-meta" });
    this.input = h("input", {
      class: "review-text",
      "aria-label": "Number",
      inputmode: "decimal",
      autocomplete: "off",
      autocorrect: "off",
      spellcheck: "false",
      maxlength: 200,
      enterkeyhint: "next",
    });
    this.input.addEventListener("input", () => this.#showRules());
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Alternatives" });
    this.rules = h("ul", { class: "check-rules", "aria-label": "Rules of the form" });
    this.history = h("div", { class: "changes", tabindex: 0, role: "group", "aria-label": "History", hidden: true });
    const button = (/** @type {string} */ text, /** @type {string} */ key, /** @type {() => void} */ run) =>
      h("button", { type: "button", onclick: run }, text, " ", h("kbd", {}, key));
    this.skipButton = button("Skip", "S", actions.skip);
    this.pageButton = button("Page", "P", actions.page);
    this.historyButton = button("History", "H", actions.history);
    this.element = h(
      "form",
      { class: "review-card" },
      this.place,
      h("div", { class: "crop-frame" }, this.crop),
      this.meta,
      this.rules,
      this.input,
      this.chips,
      h(
        "div",
        { class: "toolbar center check-main" },
        h("button", { type: "submit", class: "primary" }, "Accept ", h("kbd", {}, "Enter")),
        button("Nothing here", "Del", actions.nothing),
        button("Back", "B", actions.back),
        this.skipButton,
        this.pageButton,
        this.historyButton,
      ),
      this.history,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      actions.accept();
    });
  }

  /**
   * @param {CheckItem} item
   * @param {string} text that the input starts with
   * @param {string} about how it was read
   */
  show(item, text, about) {
    this.item = item;
    setText(this.place, placeOf(item));
    setText(this.meta, about);
    this.closeHistory();
    startWith(this.input, text);
    this.input.focus({ preventScroll: true });
    this.#showRules();
    showPicture(this.crop, item.crop);
    this.crop.alt = item.read ? `Handwriting, read as ${item.read}` : "Handwriting";
  }

  get text() {
    return this.input.value.trim();
  }

  get isEdited() {
    return !isUnedited(this.input);
  }

  /** Offer answers. @param {{text: string, note: string}[]} choices */
  offer(choices) {
    this.chips.replaceChildren(
      ...choices.map(({ text, note }) => {
        const choose = () => {
          this.input.value = text;
          this.input.focus();
          this.#showRules();
        };
        return h("button", { type: "button", class: "chip", onclick: choose }, h("b", {}, text), ` ${note}`);
      }),
    );
  }

  openHistory() {
    this.history.hidden = false;
    this.historyButton.setAttribute("aria-expanded", "true");
  }

  closeHistory() {
    this.history.hidden = true;
    this.historyButton.setAttribute("aria-expanded", "false");
  }

  #showRules() {
    const { field = null, page_of: page = null } = this.item ?? {};
    const typed = field ? { [field]: this.text } : {};
    this.rules.replaceChildren(...(field ? ruleItems(page, typed, field) : []));
  }
}

/** Return what an item is: its field, its cell or its file. @param {CheckItem} item */
export function placeOf(item) {
  if (item.field) return capitalize(fieldName(item.field));
  if (item.row) return `Row ${item.row}, column ${item.column}`;
  return [item.source, (item.page ?? 1) > 1 ? `page ${item.page}` : ""].filter(Boolean).join(", ");
}

/** @param {string} text */
const capitalize = (text) => text.charAt(0).toUpperCase() + text.slice(1);

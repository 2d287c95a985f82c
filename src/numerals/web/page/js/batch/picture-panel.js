// @ts-check
// The picture of the selected row, with a frame around the selected number, and a field to correct
// it. The panel stays beside the table while the table scrolls.

import { ApiError } from "../api.js";
import { getItem, pagePicture } from "../batches/batches.js";
import { percent } from "../confidence.js";
import { h, icon, setText } from "../dom.js";
import { placeAt } from "../photograph/overlay.js";
import { PageGeometry } from "../tables/page-geometry.js";
import { aboutNumber, fieldName, hasPictures, statusOf } from "./cells.js";
import { picture, showPicture } from "./pictures.js";

/** @typedef {import("./model.js").TableRow} TableRow */
/** @typedef {import("../batches/batches.js").Row} Row */
/** @typedef {import("../batches/batches.js").Item} Item */

const LOAD_DELAY = 70; // ms, so that holding J does not request every picture
const MAX_ALTERNATIVES = 4;
const MIN_ALTERNATIVE_CONFIDENCE = 0.01; // of a number that is not uncertain

export class PicturePanel {
  /**
   * @param {string} batch id
   * @param {object} options
   * @param {(number: Row, text: string) => void} options.oncorrect
   * @param {(step: number) => void} options.onmove
   * @param {(detail: Item) => void} options.ondetail called with the details of an item
   */
  constructor(batch, { oncorrect, onmove, ondetail }) {
    this.batch = batch;
    this.oncorrect = oncorrect;
    this.ondetail = ondetail;
    /** @type {TableRow | null} */
    this.row = null;
    /** @type {Row | null} */
    this.number = null;
    /** @type {Map<string, Item>} */
    this.details = new Map();
    this.timer = 0;

    this.title = h("h2", { class: "panel-title" });
    this.crop = h("img", { class: "panel-crop", alt: "" });
    this.cropFrame = h("div", { class: "panel-crop-frame" }, this.crop);
    this.about = h("p", { class: "small" });
    this.input = h("input", {
      class: "panel-input",
      "aria-label": "Correct number",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 200,
    });
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Alternatives" });
    this.form = h(
      "form",
      { class: "panel-form" },
      this.input,
      h("button", { type: "submit", class: "primary" }, "Accept"),
      this.chips,
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.number) this.oncorrect(this.number, this.input.value.trim());
    });
    this.rules = h("ul", { class: "panel-rules" });
    this.tableLink = h("a", { class: "button panel-table", hidden: true }, icon("table"), "Open the table");
    this.image = h("img", { class: "panel-picture", alt: "" });
    this.frame = h("div", { class: "panel-frame", hidden: true });
    this.sheet = h("div", { class: "panel-sheet", hidden: true }, this.image, this.frame);
    this.message = h("p", { class: "small", hidden: true });
    // On a phone, the page would push the table off the screen.
    this.toggle = h("button", { type: "button", class: "link panel-toggle", "aria-expanded": "false", onclick: () => this.#togglePage() }, "Show the page");
    const step = (/** @type {string} */ text, /** @type {number} */ by, /** @type {string} */ key) =>
      h("button", { type: "button", onclick: () => onmove(by) }, text, " ", h("kbd", {}, key));
    this.element = h(
      "section",
      { class: "picture-panel", "aria-label": "Selected row" },
      h("div", { class: "panel-top" }, this.title, h("div", { class: "panel-steps" }, step("Previous", -1, "K"), step("Next", 1, "J"))),
      this.cropFrame,
      this.about,
      this.form,
      this.tableLink,
      this.rules,
      this.message,
      this.toggle,
      this.sheet,
    );
  }

  /** Show a row. @param {TableRow | null} row @param {Row | null} number */
  show(row, number) {
    const isSameItem = this.row?.item?.id === row?.item?.id;
    [this.row, this.number] = [row, number];
    this.element.hidden = !row?.item;
    if (!row?.item) return;
    setText(this.title, row.item.name);
    this.title.title = row.item.name;
    this.#showNumber(row, row.item, number);
    if (!isSameItem) this.sheet.classList.add("stale");
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#load(row), isSameItem ? 0 : LOAD_DELAY);
  }

  /** Forget the details of a file, because it was read again or corrected. */
  forget(/** @type {string} */ item) {
    this.details.delete(item);
  }

  #togglePage() {
    const isShown = this.element.classList.toggle("with-page");
    this.toggle.setAttribute("aria-expanded", String(isShown));
    setText(this.toggle, isShown ? "Hide the page" : "Show the page");
  }

  /** @param {TableRow} row @param {Item} item @param {Row | null} number */
  #showNumber(row, item, number) {
    this.form.hidden = !number?.line_id;
    this.cropFrame.hidden = !number?.crop;
    showPicture(this.crop, number?.crop ?? null);
    this.crop.alt = number ? `Handwriting, read as ${number.read || "nothing"}` : "";
    if (document.activeElement !== this.input) this.input.value = number?.text ?? "";
    this.chips.replaceChildren();
    this.tableLink.hidden = !number?.table;
    this.tableLink.href = `#batch/${this.batch}/tables/${item.id}/${number?.page}/${number?.table}`;
    this.about.className = `small status ${number ? statusOf(number) : ""}`;
    setText(this.about, number ? fullAbout(number) : (item.error ?? ""));
    this.rules.replaceChildren(
      ...(item.relations ?? [])
        .filter(({ page }) => page === row.page)
        .map(describeRelation),
    );
  }

  /** Load the details and the picture of a row. @param {TableRow} row */
  async #load(row) {
    const item = /** @type {Item} */ (row.item);
    const page = row.page ?? 1;
    const hasPage = hasPictures(item) && item.state !== "waiting";
    this.sheet.hidden = !hasPage;
    try {
      const detail = this.details.get(item.id) ?? (await this.#loadDetail(item.id));
      if (this.row !== row) return;
      this.#showAlternatives(detail);
      if (hasPage) await this.#showPage(row, detail, page);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.row !== row) return;
      this.message.hidden = false;
      setText(this.message, error.message);
      this.sheet.hidden = true;
    }
  }

  /** @param {string} id */
  async #loadDetail(id) {
    const detail = await getItem(this.batch, id);
    this.details.set(id, detail);
    this.ondetail(detail);
    return detail;
  }

  /** @param {TableRow} row @param {Item} detail @param {number} page */
  async #showPage(row, detail, page) {
    const url = await picture(pagePicture(this.batch, detail.id, page));
    if (this.row !== row) return;
    if (this.image.src !== url) this.image.src = url;
    this.image.alt = `Page ${page} of ${detail.name}`;
    this.sheet.classList.remove("stale");
    this.message.hidden = true;
    const size = detail.page_sizes?.find((each) => each.page === page);
    const box = this.number?.box;
    this.frame.hidden = !size || !box;
    if (!size) return;
    const geometry = new PageGeometry(size, size.turn);
    this.#turnUpright(geometry);
    if (box) placeAt(this.frame, geometry.upright(box), geometry.size);
  }

  /** Turn the picture in its sheet. @param {PageGeometry} geometry */
  #turnUpright({ quarters, pageSize, size }) {
    const percentage = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
    this.sheet.style.aspectRatio = `${size.width} / ${size.height}`;
    Object.assign(this.image.style, {
      left: quarters === 1 || quarters === 2 ? "100%" : "0",
      top: quarters === 2 || quarters === 3 ? "100%" : "0",
      width: percentage(pageSize.width, size.width),
      height: percentage(pageSize.height, size.height),
      transform: `rotate(${90 * quarters}deg)`,
    });
  }

  /** @param {Item} detail */
  #showAlternatives(detail) {
    const { number } = this;
    const found = detail.rows.find(({ line_id: id }) => id === number?.line_id);
    const min = number && statusOf(number) === "uncertain" ? 0 : MIN_ALTERNATIVE_CONFIDENCE;
    const others = (found?.alternatives ?? []).filter(
      ({ text, confidence }) => text && text !== number?.text && confidence >= min,
    );
    this.chips.replaceChildren(
      ...others.slice(0, MAX_ALTERNATIVES).map(({ text, confidence }) =>
        h(
          "button",
          { type: "button", class: "chip", onclick: () => number && this.oncorrect(number, text) },
          h("b", {}, text),
          ` ${percent(confidence)}`,
        ),
      ),
    );
  }
}

/** @param {{relation: string, holds: boolean | null, not_numbers?: string[]}} state */
function describeRelation({ relation, holds, not_numbers: names = [] }) {
  const rule = relation.replaceAll("<=", "≤");
  if (holds) return h("li", { class: "holds" }, `✓ ${rule}`);
  if (holds === false) return h("li", { class: "broken" }, `✕ ${rule}: ${relation.includes("<=") ? "is out of order" : "does not add up"}`);
  const why = names.length ? `${names.map(fieldName).join(" and ")} is not a number` : "a value is missing";
  return h("li", { class: names.length ? "broken" : "open" }, `– ${rule}: cannot be checked, ${why}`);
}

/** @param {Row} number */
function fullAbout(number) {
  const field = number.field ? `${fieldName(number.field)}: ` : "";
  const hint = statusOf(number) === "uncertain" ? "Please check. " : "";
  return `${field}${hint}${aboutNumber(number)}`;
}

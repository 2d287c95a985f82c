// @ts-check
// The picture of a table's page: the cells are outlined, and the selected one is framed and named. A
// click selects the nearest cell.

import { picture } from "../batch/pictures.js";
import { h, setText } from "../dom.js";
import { placeAt } from "../photograph/overlay.js";
import { cellStatus, textOf } from "./cells.js";
import { PageGeometry, around, distance } from "./page-geometry.js";

/** @typedef {import("./cells.js").Cell} Cell */
/** @typedef {import("./cells.js").CellTable} CellTable */
/** @typedef {import("../types.js").Box} Box */

const HEIGHTS = { min: 22, max: 130 }; // of numbers at first, pixels of the screen
const ZOOM_STEP = 1.3;
const ZOOM_RANGE = { min: 0.05, max: 8 };
const MAX_HEIGHT = 1.25; // of a frame, in heights of a number: a box may include a rule
const MARGIN = 0.2; // around a number, as a share of its height
const EDGE = 0.15; // of the view, in which the selected cell is not left
const WIDE = 1.8; // width of a wide table, in heights
const WIDE_HEIGHT = 0.3; // of the window, that a wide table takes
const MAX_DISTANCE = 3; // of a click from a cell, in heights of a number

export class TablePicture {
  /**
   * @param {CellTable} table
   * @param {string} address of the picture
   * @param {(cell: Cell) => void} onselect
   */
  constructor(table, address, onselect) {
    this.table = table;
    this.geometry = new PageGeometry(table.size, table.turn);
    /** @type {Map<Cell, Box>} */
    this.boxes = new Map();
    for (const cell of table.cells) if (cell.box) this.boxes.set(cell, this.geometry.upright(cell.box));
    const heights = [...this.boxes].flatMap(([{ numbers }, box]) => (numbers.length ? [box[3] - box[1]] : []));
    this.numberHeight = median(heights) || 20;
    for (const [cell, box] of this.boxes) this.boxes.set(cell, limitHeight(box, MAX_HEIGHT * this.numberHeight));
    this.scale = 0; // pixels of the screen per pixel of the page
    /** @type {Cell | null} */
    this.selected = null;
    this.image = h("img", { alt: `Page ${table.place.page} of ${table.name}` });
    this.frame = h("div", { class: "cell-frame", hidden: true });
    this.label = h("div", { class: "cell-label selected", hidden: true, "aria-hidden": "true" });
    this.marks = h("div", { class: "cell-marks" });
    this.stage = h("div", { class: "table-stage" }, this.image, this.marks, this.frame, this.label);
    this.view = h("div", { class: "table-view", tabindex: 0, role: "group", "aria-label": "Picture of the table" }, this.stage);
    this.message = h("p", { class: "small", hidden: true });
    const caption = h("span", { class: "small" }, `Page ${table.place.page} of ${table.name}`);
    const foot = h("div", { class: "picture-foot" }, caption, this.#zoomButtons());
    this.element = h("div", { class: "table-picture" }, this.view, foot, this.message);
    /** @type {Map<Cell, HTMLElement>} */
    this.markOf = new Map();
    this.stage.addEventListener("click", (event) => {
      const cell = this.#cellNear(event);
      if (cell) onselect(cell);
    });
    for (const cell of this.boxes.keys()) this.update(cell);
    this.resized = new ResizeObserver(() => this.#fit());
    this.resized.observe(this.view);
    this.#load(address);
  }

  #zoomButtons() {
    const button = (/** @type {string} */ text, /** @type {string} */ name, /** @type {number} */ factor) =>
      h("button", { type: "button", "aria-label": name, title: name, onclick: () => this.#zoom(this.scale * factor), onmousedown: keepFocus }, text);
    return h("div", {}, button("−", "Smaller", 1 / ZOOM_STEP), button("+", "Larger", ZOOM_STEP));
  }

  /** @param {string} address */
  async #load(address) {
    try {
      this.image.src = await picture(address);
    } catch (error) {
      this.message.hidden = false;
      setText(this.message, error instanceof Error ? error.message : String(error));
    }
  }

  /** Whether the table is so wide that the picture is better above the grid than beside it. */
  get isWide() {
    const all = around([...this.boxes.values()]);
    return all !== null && all[2] - all[0] > WIDE * (all[3] - all[1]);
  }

  /** Do not follow the size of the view any more. */
  stop() {
    this.resized.disconnect();
  }

  /** Show at first the whole width of the table, if its numbers are large enough to read. */
  #fit() {
    if (this.scale || !this.view.clientWidth) return;
    const { width, height } = this.geometry.size;
    const all = around([...this.boxes.values()]) ?? [0, 0, width, height];
    const shown = Math.min(all[2] - all[0] + 2 * this.numberHeight, width);
    // Above the grid, all rows are shown as well, so that the grid has space.
    const fitting = this.isWide ? (WIDE_HEIGHT * window.innerHeight) / (all[3] - all[1]) : Infinity;
    const limits = { min: HEIGHTS.min / this.numberHeight, max: HEIGHTS.max / this.numberHeight };
    this.#zoom(Math.min(Math.max(Math.min(this.view.clientWidth / shown, fitting), limits.min), limits.max));
  }

  /** @param {number} scale */
  #zoom(scale) {
    this.scale = Math.min(Math.max(scale, ZOOM_RANGE.min), ZOOM_RANGE.max);
    const { size, pageSize, transform } = this.geometry;
    this.stage.style.width = `${size.width * this.scale}px`;
    this.stage.style.height = `${size.height * this.scale}px`;
    this.image.style.width = `${pageSize.width}px`;
    this.image.style.height = `${pageSize.height}px`;
    this.image.style.transform = `scale(${this.scale}) ${transform}`;
    if (this.selected) this.select(this.selected);
  }

  /** Frame a cell, and scroll to it. @param {Cell} cell */
  select(cell) {
    this.selected = cell;
    const box = this.boxes.get(cell);
    this.frame.hidden = this.label.hidden = !box;
    if (!box || !this.scale) return;
    this.#placeFrame(box);
    this.label.style.left = this.frame.style.left;
    this.label.style.top = `calc(${this.frame.style.top} + ${this.frame.style.height} + 3px)`;
    this.showText(cell, textOf(cell), cellStatus(cell));
    this.#reveal(box);
  }

  /** Name the selected cell; without a status while its text is typed. @param {Cell} cell @param {string} text */
  showText(cell, text, status = "") {
    if (cell !== this.selected) return;
    setText(this.label, text || "empty");
    this.label.className = `cell-label selected ${status}`;
  }

  /** Show a cell again, whose text or state has changed. @param {Cell} cell */
  update(cell) {
    let mark = this.markOf.get(cell);
    if (!mark && this.boxes.has(cell)) {
      mark = h("div", {}, h("span", { class: "cell-label" }));
      this.markOf.set(cell, mark);
      this.marks.append(mark);
      placeAt(mark, /** @type {Box} */ (this.boxes.get(cell)), this.geometry.size);
    }
    if (!mark) return;
    mark.className = `cell-mark ${cellStatus(cell)}`;
    setText(/** @type {Element} */ (mark.firstElementChild), textOf(cell));
    if (cell === this.selected) this.showText(cell, textOf(cell), cellStatus(cell));
  }

  /** Show the text of every cell over the picture, or of the selected one only. @param {boolean} isOn */
  showTexts(isOn) {
    this.marks.classList.toggle("with-texts", isOn);
  }

  /** Place the frame around a box; it stays there when the picture is enlarged. @param {Box} box */
  #placeFrame([left, top, right, bottom]) {
    const margin = MARGIN * Math.min(bottom - top, this.numberHeight);
    placeAt(this.frame, [left - margin, top - margin, right + margin, bottom + margin], this.geometry.size);
  }

  /** Scroll until a box is well inside of the view. @param {Box} box */
  #reveal(box) {
    const { view, scale } = this;
    const [left, top, right, bottom] = box.map((value) => value * scale);
    const [x, y] = [EDGE * view.clientWidth, EDGE * view.clientHeight];
    const isInside =
      left - x >= view.scrollLeft &&
      right + x <= view.scrollLeft + view.clientWidth &&
      top - y >= view.scrollTop &&
      bottom + y <= view.scrollTop + view.clientHeight;
    if (isInside) return;
    view.scrollTo((left + right - view.clientWidth) / 2, (top + bottom - view.clientHeight) / 2);
  }

  /** @param {MouseEvent} event */
  #cellNear(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    /** @type {[number, number]} */
    const point = [(event.clientX - left) / this.scale, (event.clientY - top) / this.scale];
    let [nearest, shortest] = [/** @type {Cell | null} */ (null), (MAX_DISTANCE * this.numberHeight) ** 2];
    for (const [cell, box] of this.boxes) {
      const length = distance(point, box);
      if (length < shortest) [nearest, shortest] = [cell, length];
    }
    return nearest;
  }
}

/** Return a box that is not higher than a limit, around the same center. @param {Box} box @param {number} limit @returns {Box} */
function limitHeight([left, top, right, bottom], limit) {
  const excess = Math.max(0, bottom - top - limit) / 2;
  return [left, top + excess, right, bottom - excess];
}

/** Leave the focus in the grid, so that its keys go on working. @param {MouseEvent} event */
const keepFocus = (event) => event.preventDefault();

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

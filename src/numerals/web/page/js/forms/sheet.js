// @ts-check
// The picture of the form with its boxes: accept, select, move, resize and draw them.

import { $, h } from "../dom.js";
import { placeAt } from "../photograph/overlay.js";
import { followPointer } from "./drag.js";
import { keepInside, moveBox } from "./model.js";

/** @typedef {import("../types.js").Box} Box */
/** @typedef {import("./model.js").Form} Form */
/** @typedef {{form: Form, selected: string, problems: Map<string, string>}} Shown */

/**
 * @typedef {object} Actions
 * @property {(id: string) => void} onAccept a suggestion
 * @property {(id: string) => void} onSelect a field; empty for none
 * @property {(id: string, box: Box, topic: string) => void} onChange
 * @property {(box: Box) => void} onDraw
 * @property {(id: string) => void} onRemove
 */

const EDGES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const MIN_DRAG = 4; // CSS pixels; less is a click
const KIND_NAMES = { box: "box", comb: "row of boxes", cell: "cell of a table", line: "line" };
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {HTMLElement} sheet contains the picture and `.boxes` @param {Actions} actions */
export function makeSheet(sheet, actions) {
  const boxes = h("div", { class: "boxes" });
  const handles = h("div", { class: "handles", hidden: true });
  sheet.append(boxes, handles);
  /** @type {Map<string, HTMLButtonElement>} */
  const elements = new Map();
  /** @type {Shown} */
  let shown;
  let isDrawing = false;

  const scale = () => shown.form.width / sheet.clientWidth; // pixels of the form per CSS pixel
  const selectedField = () => shown.form.fields.find(({ id }) => id === shown.selected);

  for (const edge of EDGES) {
    const handle = h("div", { class: `handle ${edge}` });
    handle.addEventListener("pointerdown", (event) => resize(event, edge));
    handles.append(handle);
  }
  sheet.addEventListener("pointerdown", draw);

  /** @param {Shown} now */
  function show(now) {
    shown = now;
    const known = new Set();
    for (const each of [...now.form.suggestions, ...now.form.fields]) {
      known.add(each.id);
      const element = elements.get(each.id) ?? makeElement(each.id);
      update(element, each);
    }
    for (const [id, element] of elements) {
      if (known.has(id)) continue;
      element.remove();
      elements.delete(id);
    }
    showHandles();
  }

  /** @param {string} id */
  function makeElement(id) {
    const element = h("button", { type: "button", onclick: () => activate(id), onkeydown: (/** @type {KeyboardEvent} */ event) => onKey(event, id) });
    element.addEventListener("pointerdown", (event) => move(event, id));
    elements.set(id, element);
    boxes.append(element);
    return element;
  }

  /** @param {HTMLButtonElement} element @param {import("./model.js").Field | import("./model.js").Suggestion} each */
  function update(element, each) {
    const isSuggestion = "kind" in each;
    const isSelected = each.id === shown.selected;
    const problem = shown.problems.has(each.id) ? " problem" : "";
    element.className = isSuggestion ? "form-box suggestion" : `form-box field${isSelected ? " selected" : ""}${problem}`;
    const comb = each.cells ? `, ${each.cells} cells` : "";
    element.setAttribute(
      "aria-label",
      isSuggestion ? `Suggested ${KIND_NAMES[each.kind]}${comb}: use it` : `Field ${each.name}${comb}`,
    );
    if (isSuggestion) element.removeAttribute("aria-pressed");
    else element.setAttribute("aria-pressed", String(isSelected));
    const dividers = Array.from({ length: Math.max(0, each.cells - 1) }, (_, i) => {
      const divider = h("span", { class: "divider" });
      divider.style.setProperty("left", `${(100 * (i + 1)) / each.cells}%`);
      return divider;
    });
    element.replaceChildren(...dividers, ...(isSuggestion ? [] : [h("span", { class: "box-name" }, each.name)]));
    placeAt(element, each.box, shown.form);
  }

  function showHandles() {
    const field = selectedField();
    handles.hidden = !field;
    if (field) placeAt(handles, field.box, shown.form);
  }

  /** @param {string} id */
  function activate(id) {
    if (shown.form.suggestions.some((each) => each.id === id)) actions.onAccept(id);
    else actions.onSelect(id);
  }

  /** Show a box at another place until the pointer is released. @param {string} id @param {Box} box */
  function preview(id, box) {
    const element = elements.get(id);
    if (element) placeAt(element, box, shown.form);
    placeAt(handles, box, shown.form);
  }

  /** @param {PointerEvent} event @param {string} id */
  function move(event, id) {
    const field = shown.form.fields.find((each) => each.id === id);
    // A finger scrolls, unless it begins on the selected box.
    if (!field || isDrawing || event.button !== 0 || (event.pointerType !== "mouse" && id !== shown.selected)) return;
    event.stopPropagation();
    const moved = (/** @type {number} */ dx, /** @type {number} */ dy) =>
      moveBox(field.box, Math.round(dx * scale()), Math.round(dy * scale()), shown.form);
    let hasMoved = false;
    followPointer(event, {
      onMove: (dx, dy) => {
        hasMoved ||= Math.hypot(dx, dy) >= MIN_DRAG;
        if (hasMoved) preview(id, moved(dx, dy));
      },
      onEnd: (dx, dy) => {
        if (!hasMoved) return;
        actions.onChange(id, moved(dx, dy), "");
        if (id !== shown.selected) actions.onSelect(id);
      },
      onCancel: () => show(shown),
    });
  }

  /** @param {PointerEvent} event @param {string} edge */
  function resize(event, edge) {
    const field = selectedField();
    if (!field || event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    const resized = (/** @type {number} */ dx, /** @type {number} */ dy) => {
      const box = /** @type {Box} */ ([...field.box]);
      if (edge.includes("w")) box[0] += dx * scale();
      if (edge.includes("e")) box[2] += dx * scale();
      if (edge.includes("n")) box[1] += dy * scale();
      if (edge.includes("s")) box[3] += dy * scale();
      return keepInside(box, shown.form);
    };
    followPointer(event, {
      onMove: (dx, dy) => preview(field.id, resized(dx, dy)),
      onEnd: (dx, dy) => actions.onChange(field.id, resized(dx, dy), ""),
      onCancel: () => show(shown),
    });
  }

  /** @param {PointerEvent} event */
  function draw(event) {
    const isOnBox = event.target instanceof Element && event.target.closest(".form-box, .handle");
    if (event.button !== 0 || (!isDrawing && (event.pointerType !== "mouse" || isOnBox))) return;
    event.preventDefault();
    const area = sheet.getBoundingClientRect();
    const [x, y] = [event.clientX - area.left, event.clientY - area.top];
    const drawn = (/** @type {number} */ dx, /** @type {number} */ dy) =>
      keepInside(/** @type {Box} */ ([x, y, x + dx, y + dy].map((each) => each * scale())), shown.form);
    const rubber = h("div", { class: "form-box rubber" });
    boxes.append(rubber);
    followPointer(event, {
      onMove: (dx, dy) => placeAt(rubber, drawn(dx, dy), shown.form),
      onEnd: (dx, dy) => {
        rubber.remove();
        if (Math.min(Math.abs(dx), Math.abs(dy)) >= MIN_DRAG) actions.onDraw(drawn(dx, dy));
        else actions.onSelect("");
      },
      onCancel: () => rubber.remove(),
    });
  }

  /** Arrow keys move a field, with Shift by 10 pixels, with Ctrl they change its size. */
  function onKey(/** @type {KeyboardEvent} */ event, /** @type {string} */ id) {
    const field = shown.form.fields.find((each) => each.id === id);
    if (!field) return;
    const [dx, dy] = (ARROWS[event.key] ?? [0, 0]).map((step) => step * (event.shiftKey ? 10 : 1));
    if (event.key === "Delete" || event.key === "Backspace") actions.onRemove(id);
    else if (!dx && !dy) return;
    else if (event.ctrlKey || event.metaKey) {
      const [left, top, right, bottom] = field.box;
      actions.onChange(id, keepInside([left, top, right + dx, bottom + dy], shown.form), `size ${id}`);
    } else actions.onChange(id, moveBox(field.box, dx, dy, shown.form), `move ${id}`);
    event.preventDefault();
  }

  return {
    show,
    /** @param {string} id */
    focus(id) {
      elements.get(id)?.focus({ preventScroll: true });
    },
    /** Scroll the picture, not the page, to a box. @param {string} id */
    reveal(id) {
      const element = elements.get(id);
      if (!element) return;
      const view = $("#form-scroll");
      const [box, frame] = [element.getBoundingClientRect(), view.getBoundingClientRect()];
      const isShown = box.top > frame.top + 30 && box.bottom < Math.min(frame.bottom, window.innerHeight) - 30;
      if (!isShown) view.scrollTop += box.top - frame.top - (frame.height - box.height) / 2;
      if (box.left < frame.left || box.right > frame.right) {
        view.scrollLeft += box.left - frame.left - (frame.width - box.width) / 2;
      }
    },
    /** Set whether a finger draws a box, instead of scrolling. @param {boolean} isOn */
    setDrawing(isOn) {
      isDrawing = isOn;
      sheet.classList.toggle("drawing", isOn);
    },
    /** A box in the middle of the visible part, for a new field without a pointer. @returns {Box} */
    middle() {
      const area = sheet.getBoundingClientRect();
      const view = $("#form-scroll").getBoundingClientRect();
      const y = (Math.max(view.top, 0) + Math.min(view.bottom, window.innerHeight)) / 2 - area.top;
      const x = (view.left + view.right) / 2 - area.left;
      const [dx, dy] = [sheet.clientWidth / 10, sheet.clientWidth / 60];
      return /** @type {Box} */ ([x - dx, y - dy, x + dx, y + dy].map((each) => each * scale()));
    },
  };
}

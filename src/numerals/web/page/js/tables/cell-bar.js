// @ts-check
// What is known about the selected cell, with buttons to answer it without a keyboard.

import { aboutNumber } from "../batch/cells.js";
import { percent } from "../confidence.js";
import { h, setText } from "../dom.js";
import { cellStatus, textOf } from "./cells.js";

/** @typedef {import("./cells.js").Cell} Cell */

const MAX_ALTERNATIVES = 3;

/**
 * @param {object} options
 * @param {(cell: Cell, text: string) => void} options.onanswer
 * @param {(cell: Cell) => void} options.onconfirm
 * @param {() => void} options.onedit
 */
export function makeCellBar({ onanswer, onconfirm, onedit }) {
  const place = h("b");
  const about = h("span", { class: "status" });
  const buttons = h("div", { class: "chips", role: "group", "aria-label": "Answers for the selected cell" });
  const element = h("div", { class: "cell-bar" }, h("p", {}, place, " ", about), buttons);
  const button = (/** @type {() => void} */ action, /** @type {(Node | string)[]} */ ...content) =>
    h("button", { type: "button", class: "chip", onclick: action }, content);

  return {
    element,
    /** @param {Cell} cell */
    show(cell) {
      const status = cellStatus(cell);
      const text = textOf(cell);
      setText(place, `Row ${cell.row}, column ${cell.column}:`);
      setText(about, cell.numbers.length ? aboutCell(cell) : "No number was found here. Type it if there is one.");
      about.className = `status ${status}`;
      const others = alternatives(cell).map(({ text: other, confidence }) =>
        button(() => onanswer(cell, other), h("b", {}, other), ` ${percent(confidence)}`),
      );
      buttons.replaceChildren(
        ...(status === "uncertain" ? [button(() => onconfirm(cell), h("b", {}, text), " is right")] : []),
        button(onedit, "Change"),
        ...(text ? [button(() => onanswer(cell, ""), "Nothing here")] : []),
        ...others,
      );
    },
  };
}

/** @param {Cell} cell */
function aboutCell(cell) {
  const hint = cellStatus(cell) === "uncertain" ? "Please check. " : "";
  return hint + cell.numbers.map(aboutNumber).join("; ");
}

/** @param {Cell} cell */
function alternatives({ numbers }) {
  if (numbers.length !== 1 || numbers[0].state !== "waiting") return [];
  const [{ alternatives: found = [], text }] = numbers;
  return found.filter((other) => other.text && other.text !== text).slice(0, MAX_ALTERNATIVES);
}

// @ts-check
// The elements of the table's rows. They are used again for other rows, for speed.

import { h, setText } from "../dom.js";
import { makeFileCell, makeNumberCell, messageOf } from "./cells.js";
import { showPicture } from "./pictures.js";

/** @typedef {import("./model.js").TableRow} TableRow */

/**
 * What belongs to the element of a row.
 * @typedef {object} RowParts
 * @property {number} index of the row that it shows
 * @property {ReturnType<typeof makeFileCell>} file
 * @property {ReturnType<typeof makeNumberCell>[]} numbers
 * @property {HTMLElement} message shown instead of the numbers
 * @property {HTMLImageElement | null} image
 * @property {string | null} address of the picture to show in it
 */

/** @type {WeakMap<HTMLElement, RowParts>} */
const partsOfElements = new WeakMap();

/** Create the element of a row. @param {number} nNumbers cells beside the file */
export function makeRow(nNumbers) {
  const element = h("div", { class: "table-row", role: "row" });
  const file = makeFileCell();
  const numbers = Array.from({ length: nNumbers }, makeNumberCell);
  const message = h("div", { class: "cell message", role: "gridcell", hidden: true });
  message.setAttribute("aria-colspan", String(nNumbers));
  element.append(file.cell, ...numbers.map(({ cell }) => cell), message);
  partsOfElements.set(element, { index: -1, file, numbers, message, image: null, address: null });
  return element;
}

/** @param {HTMLElement} element @returns {RowParts} */
export const partsOf = (element) => /** @type {RowParts} */ (partsOfElements.get(element));

/**
 * @param {HTMLElement} element
 * @param {TableRow} row
 * @param {string[]} columns names of the fields of forms
 * @param {string} prefix of all names of files, which is not shown
 */
export function showRow(element, row, columns, prefix) {
  const parts = partsOf(element);
  parts.index = row.index;
  element.setAttribute("aria-rowindex", String(row.index + 2));
  element.dataset.index = String(row.index);
  element.classList.toggle("continued", !row.isFirst);
  Object.assign(parts, parts.file.show(row, prefix));
  if (parts.image && !parts.address) showPicture(parts.image, null);
  showNumbers(element, parts, row, columns);
}

/** @param {HTMLElement} element @param {RowParts} parts @param {TableRow} row @param {string[]} columns */
function showNumbers(element, { numbers, message }, row, columns) {
  const text = messageOf(row);
  element.classList.toggle("has-message", Boolean(text));
  message.hidden = !text;
  if (text) {
    message.className = `cell message ${row.item?.state}`;
    setText(message, text);
    return;
  }
  numbers.forEach((cell, at) => {
    if (row.fields) cell.show(row.fields.get(columns[at]));
    else if (row.number && at) cell.showAbout(row.number);
    else cell.show(row.number);
  });
}

/** Return the cell of a column; its message if it has one. @param {HTMLElement} element @param {number} column */
export function cellAt(element, column) {
  const { file, numbers, message } = partsOf(element);
  if (column === 0) return file.cell;
  return message.hidden ? numbers[column - 1]?.cell : message;
}

/** Request the pictures of some rows. @param {Iterable<HTMLElement>} elements */
export function loadPictures(elements) {
  for (const element of elements) {
    const { image, address } = partsOf(element);
    if (image && address) showPicture(image, address);
  }
}

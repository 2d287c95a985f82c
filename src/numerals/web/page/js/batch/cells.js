// @ts-check
// The cells of the table. Uncertain, corrected and refused numbers have a sign besides their colour.

import { describe } from "../confidence.js";
import { h, setText } from "../dom.js";

/** @typedef {import("./model.js").TableRow} TableRow */
/** @typedef {import("../batches/batches.js").Row} Row */

/** How a number stands: sign.css has a colour and a sign for each. @param {Row} row */
export function statusOf(row) {
  if (row.state === "corrected") return "corrected";
  if (row.state === "confirmed") return "confirmed";
  return row.uncertain && row.state === "waiting" ? "uncertain" : "certain";
}

const STATUS_NAMES = { corrected: "corrected", confirmed: "confirmed", uncertain: "to check", certain: "" };
const SIGNS = { corrected: "✎", confirmed: "✓", uncertain: "?", certain: "" };

/** Return what a screen reader says for a number. @param {Row} row */
export function nameOf(row) {
  const text = row.text || "empty";
  const status = STATUS_NAMES[statusOf(row)];
  const read = row.state === "corrected" ? `read as ${row.read || "empty"}` : describe(row.confidence);
  return [text, status, read, row.note].filter(Boolean).join(", ");
}

/** Return a cell for a number, and how to fill it. Its elements are kept, for speed. */
export function makeNumberCell() {
  const text = h("span", { class: "cell-text" });
  const sign = h("span", { class: "sign", "aria-hidden": "true", hidden: true });
  const cell = h("div", { class: "cell number", role: "gridcell" }, text, sign);
  let key = "";

  /** @param {string} newKey @param {string} className @param {string} shown @param {string} signText @param {string} name */
  function fill(newKey, className, shown, signText, name) {
    if (key === newKey) return;
    key = newKey;
    cell.className = className;
    setText(text, shown);
    setText(sign, signText);
    sign.hidden = !signText;
    if (name) cell.setAttribute("aria-label", name);
    else cell.removeAttribute("aria-label");
  }

  return {
    cell,
    /** Show a number; null for a field that was not read. @param {Row | null | undefined} row */
    show(row) {
      if (!row) return fill("none", "cell number", "", "", "");
      const status = statusOf(row);
      const newKey = `${row.line_id} ${row.text} ${row.state} ${row.uncertain} ${row.confidence} ${row.note}`;
      return fill(newKey, `cell number ${status}`, row.text || "–", SIGNS[status], nameOf(row));
    },
    /** Show how a number was read. @param {Row} row */
    showAbout(row) {
      const shown = aboutNumber(row);
      fill(shown, "cell about", shown, "", "");
    },
    /** Put the editor into the cell, or take it out. @param {HTMLElement | null} editor */
    setEditor(editor) {
      cell.classList.toggle("editing", editor !== null);
      cell.replaceChildren(...(editor ? [editor] : [text, sign]));
    },
  };
}

/** Return what the signs of numbers mean, and the keys of a table. @param {string} keys */
export const legend = (keys) =>
  h(
    "p",
    { class: "small table-keys", id: "table-keys" },
    h("span", { class: "key-sign uncertain" }, "? to check"),
    h("span", { class: "key-sign corrected" }, "✎ corrected"),
    h("span", { class: "key-sign confirmed" }, "✓ confirmed"),
    h("span", { class: "keys" }, keys),
  );

/** Return the name of a field as a person would write it. */
export const fieldName = (/** @type {string} */ name) =>
  name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

/** Return how a number was read and answered. @param {Row} number */
export function aboutNumber(number) {
  if (number.state === "corrected") return `Corrected, read as ${number.read || "nothing"}`;
  if (number.state === "confirmed") return "Confirmed";
  return [describe(number.confidence), number.note].filter(Boolean).join("; ");
}

const STATES = {
  waiting: ["○", "Waiting"],
  reading: ["◐", "Being read"],
  done: ["●", "Read"],
  failed: ["✕", "Failed"],
  uncertain: ["?", "To check"],
};

/** Return an element for the state of a file, with its name and picture. */
export function makeFileCell() {
  const dot = h("span", { class: "dot", "aria-hidden": "true" });
  const image = h("img", { class: "thumb", alt: "" });
  const name = h("span", { class: "file-label" });
  const place = h("span", { class: "small" });
  const cell = h("div", { class: "cell file-cell", role: "rowheader" }, dot, image, h("span", { class: "file-text" }, name, place));
  return {
    cell,
    /** @param {TableRow} row @param {string} prefix of all names, which is not shown */
    show(row, prefix) {
      const { item } = row;
      const state = item ? stateOf(row) : "waiting";
      const [sign, stateName] = STATES[state];
      setText(dot, item ? sign : "");
      dot.className = `dot ${state}`;
      const label = item ? shortName(item.name, prefix) : "";
      setText(name, label);
      name.title = item?.name ?? "";
      setText(place, item ? placeOf(row) : "");
      cell.setAttribute("aria-label", item ? `${label}, ${stateName}` : "Loading");
      cell.classList.toggle("repeated", !row.isFirst);
      const address = row.number?.crop ?? (row.isFirst || row.fields ? (item?.thumbnail ?? null) : null);
      image.classList.toggle("crop", Boolean(row.number?.crop));
      return { image, address: item && hasPictures(item) ? address : null };
    },
  };
}

/** Return whether the service can show pages of a file: not if it could not be decoded. @param {import("../batches/batches.js").Item} item */
export const hasPictures = (item) =>
  item.has_picture && (item.state !== "failed" || Boolean(item.pages_read));

/** @param {TableRow} row @returns {keyof typeof STATES} */
function stateOf({ item, number, fields }) {
  if (!item) return "waiting";
  if (item.state !== "done") return item.state;
  const numbers = number ? [number] : [...(fields?.values() ?? [])];
  return numbers.some((each) => statusOf(each) === "uncertain") ? "uncertain" : "done";
}

/** Return where on its file a row is, such as "page 2, line 3". @param {TableRow} row */
function placeOf({ item, number, page }) {
  if (!item || page === null) return "";
  const parts = (item.pages ?? 1) > 1 ? [`page ${page}`] : [];
  if (number?.row) parts.push(`row ${number.row}, column ${number.column}`);
  else if (number && item.rows.length > 1) parts.push(`line ${number.line}`);
  return parts.join(", ");
}

/** @param {string} name @param {string} prefix */
export const shortName = (name, prefix) => (prefix && name.startsWith(prefix) ? name.slice(prefix.length) : name);

/** Return what a file without numbers shows instead. @param {TableRow} row */
export function messageOf({ item, number, fields }) {
  if (!item || number || fields) return "";
  if (item.state === "failed") return item.error ?? "This file could not be read.";
  if (item.state === "reading") return item.pages && item.pages > 1 ? `Being read, ${item.pages_read ?? 0} of ${item.pages} pages …` : "Being read …";
  return item.state === "waiting" ? "Waiting" : "No handwritten numbers found";
}


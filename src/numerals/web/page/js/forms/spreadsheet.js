// @ts-check
// The cells of a CSV or Excel file. It is read in the browser: a class list has names, and only the
// chosen numbers are sent to the service.

const MAX_FILE = 5_000_000; // bytes
const MAX_PART = 40_000_000; // bytes of a part of a workbook, decompressed
const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50]; // signatures in a ZIP file

/** @typedef {string[][]} Cells rows of texts */

/**
 * Return the cells of a file; an error says why it cannot be read.
 * @param {File} file
 * @returns {Promise<Cells>}
 */
export async function readCells(file) {
  if (file.size > MAX_FILE) throw new Error(`${file.name} is larger than 5 MB. Copy the column with the numbers, and paste it.`);
  const content = await file.arrayBuffer();
  const isZip = content.byteLength > 4 && new DataView(content).getUint32(0, true) === LOCAL;
  if (!isZip) return parseDelimited(decode(content));
  try {
    return await readWorkbook(content);
  } catch {
    throw new Error(`${file.name} cannot be read. Save it as CSV, or copy the column with the numbers, and paste it.`);
  }
}

/** @param {ArrayBuffer} content */
function decode(content) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return new TextDecoder("windows-1252").decode(content); // Excel's CSV in Europe and America
  }
}

/**
 * Return the cells of a text with tabs, semicolons or commas between them.
 * @param {string} text
 * @returns {Cells}
 */
export function parseDelimited(text) {
  const lines = text.split(/\r\n|\r|\n/);
  const separator = ["\t", ";", ","].find((each) => lines.some((line) => line.includes(each)));
  const cell = (/** @type {string} */ each) => each.trim().replace(/^"(.*)"$/, "$1").replaceAll('""', '"');
  return lines.filter((line) => line.trim()).map((line) => (separator ? line.split(separator).map(cell) : [cell(line)]));
}

/** Return the cells of the first sheet of an Excel file. @param {ArrayBuffer} content */
async function readWorkbook(content) {
  const parts = listParts(content);
  const sheets = [...parts.keys()].filter((name) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
  sheets.sort((a, b) => a.length - b.length || a.localeCompare(b));
  const strings = parts.has("xl/sharedStrings.xml") ? await readXml(content, parts, "xl/sharedStrings.xml") : null;
  const texts = strings ? elements(strings, "si").map((each) => elements(each, "t").map((t) => t.textContent ?? "").join("")) : [];
  const sheet = await readXml(content, parts, sheets[0]);
  return elements(sheet, "row").map((row) => {
    /** @type {string[]} */
    const cells = [];
    for (const each of elements(row, "c")) {
      cells[columnOf(each.getAttribute("r") ?? "A")] = textOf(each, texts);
    }
    return Array.from(cells, (text) => text ?? "");
  });
}

/** @param {Element} cell @param {string[]} texts */
function textOf(cell, texts) {
  const type = cell.getAttribute("t");
  if (type === "inlineStr") return elements(cell, "t").map((t) => t.textContent ?? "").join("");
  const value = elements(cell, "v")[0]?.textContent ?? "";
  if (type === "s") return texts[Number(value)] ?? "";
  return type === null || type === "n" ? String(Number(value)) : value;
}

/** Return the number of a column, from 0, in an address such as AB12. @param {string} address */
function columnOf(address) {
  const letters = /^[A-Z]{1,3}/.exec(address)?.[0] ?? "A";
  return [...letters].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0) - 1;
}

/** @param {Document | Element} parent @param {string} name */
const elements = (parent, name) => [...parent.getElementsByTagNameNS("*", name)];

/** @typedef {{method: number, size: number, at: number}} Part of a ZIP file */

/** Return the parts of a ZIP file by name. @param {ArrayBuffer} content @returns {Map<string, Part>} */
function listParts(content) {
  const view = new DataView(content);
  let end = content.byteLength - 22;
  while (view.getUint32(end, true) !== END) end -= 1;
  const parts = new Map();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== ENTRY) throw new RangeError("a damaged ZIP file");
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = new TextDecoder().decode(new Uint8Array(content, at + 46, nameLength));
    parts.set(name, { method: view.getUint16(at + 10, true), size: view.getUint32(at + 20, true), at: view.getUint32(at + 42, true) });
    at += 46 + nameLength + extra + comment;
  }
  return parts;
}

/** @param {ArrayBuffer} content @param {Map<string, Part>} parts @param {string} name */
async function readXml(content, parts, name) {
  const part = parts.get(name);
  if (!part) throw new RangeError(`${name} is missing`);
  const view = new DataView(content);
  const start = part.at + 30 + view.getUint16(part.at + 26, true) + view.getUint16(part.at + 28, true);
  const packed = new Blob([new Uint8Array(content, start, part.size)]).stream();
  const bytes = part.method === 0 ? packed : packed.pipeThrough(new DecompressionStream("deflate-raw"));
  const text = await readBounded(bytes);
  return new DOMParser().parseFromString(text, "application/xml");
}

/** @param {ReadableStream<Uint8Array>} stream */
async function readBounded(stream) {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let [text, size] = ["", 0];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_PART) throw new RangeError("too large");
    text += decoder.decode(value, { stream: true });
  }
}

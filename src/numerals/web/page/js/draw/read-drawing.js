// @ts-check
// Read a drawing with the service.

import { call, newKey } from "../api.js";
import { renderDigit, renderNumber, strokesInBox } from "./raster.js";

/**
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {import("../types.js").Line} Line
 * @typedef {import("../types.js").Reading} PictureReading
 */

/**
 * @typedef {object} Reading
 * @property {Pick<Line, "text" | "confidence" | "digits">} line
 * @property {(index: number) => import("./bars.js").Option[]} options for a digit
 * @property {(index: number) => Stroke[]} ink of a digit
 * @property {boolean} isDigit whether the drawing is one digit
 */

const SURE_CONFIDENCE = 0.6; // of a number; below, its digits may be a scribble

/**
 * Read a drawing of one digit.
 * @param {Stroke[]} strokes
 * @param {string} script
 * @returns {Promise<Reading>}
 */
export async function readDigit(strokes, script) {
  const [{ text, confidence, probabilities }] = await classify([strokes], script);
  const options = Object.entries(probabilities).map(([name, p]) => ({ text: name, confidence: p }));
  /** @type {import("../types.js").Digit} */
  const digit = { text, confidence, box: [0, 0, 1, 1], alternatives: [] };
  return {
    // The text is empty if the drawing shows no digit.
    line: { text, confidence, digits: text ? [digit] : [] },
    options: () => options,
    ink: () => strokes,
    isDigit: true,
  };
}

/**
 * Return the digit that each drawing shows; its text is empty if that is none.
 * @param {Stroke[][]} drawings
 * @param {string} script
 * @returns {Promise<{text: string, confidence: number, probabilities: Record<string, number>}[]>}
 */
async function classify(drawings, script) {
  const images = drawings.map((strokes) => renderDigit(strokes));
  const { digits } = await call("v1/digits", { json: { images }, query: { script } });
  return digits;
}

/**
 * Read a drawing of a number.
 * @param {Stroke[]} strokes
 * @param {string} script
 * @returns {Promise<Reading>}
 */
export async function readNumber(strokes, script) {
  const { picture, toPad } = await renderNumber(strokes);
  const response = await uploadDrawing(picture, { script, layout: "field", keep: "false" });
  const empty = { text: "", confidence: 0, digits: [] };
  const line = response.pages[0]?.lines[0] ?? empty;
  const ink = (/** @type {number} */ index) => strokesInBox(strokes, line.digits[index].box, toPad);
  const isScribble = line.confidence < SURE_CONFIDENCE && (await isNoNumber(line, ink, script));
  return {
    line: isScribble ? empty : line,
    options: (index) => [line.digits[index], ...line.digits[index].alternatives],
    ink,
    isDigit: false,
  };
}

/**
 * Return whether most digits of an uncertain number are none: the line model knows few scribbles.
 * @param {Reading["line"]} line
 * @param {Reading["ink"]} ink
 * @param {string} script
 */
async function isNoNumber(line, ink, script) {
  const at = [...line.digits.keys()].filter((index) => /\p{Nd}/u.test(line.digits[index].text));
  const drawings = at.map(ink).filter((strokes) => strokes.length > 0);
  if (!drawings.length) return true;
  const digits = await classify(drawings, script);
  return 2 * digits.filter(({ text }) => text === "").length > drawings.length;
}

/**
 * Store a drawing with its correct text; resolves to false if the service has no store.
 * @param {Stroke[]} strokes
 * @param {{script: string, isDigit: boolean, text: string, by: string}} correction
 */
export async function saveCorrection(strokes, { script, isDigit, text, by }) {
  const { picture } = await renderNumber(strokes);
  const layout = isDigit ? "digit" : "field";
  const stored = await uploadDrawing(picture, { script, layout, keep: "true" });
  const line = stored.pages[0]?.lines[0];
  if (!line?.line_id) return false;
  const json = { line_id: line.line_id, text, by, version: "0" };
  await call("v1/corrections", { json, key: newKey() });
  return true;
}

/**
 * @param {Blob} picture
 * @param {Record<string, string>} query
 * @returns {Promise<PictureReading>}
 */
function uploadDrawing(picture, query) {
  const form = new FormData();
  form.append("picture", picture, "drawing.png");
  return call("v1/read", { form, query, key: newKey() });
}

// Read a drawing with the service.

import { call, newKey } from "../api.js";
import { renderDigit, renderNumber, strokesInBox } from "./raster.js";

/**
 * @typedef {object} Reading
 * @property line    {text, confidence, digits}
 * @property options function (digit index) -> [{text, confidence}]
 * @property ink     function (digit index) -> strokes of the digit
 * @property isDigit whether the drawing is one digit
 */

/** Read a drawing of one digit. @returns {Promise<Reading>} */
export async function readDigit(strokes, script) {
  const images = [renderDigit(strokes)];
  const response = await call("v1/digits", { json: { images }, query: { script } });
  const { text, confidence, probabilities } = response.digits[0];
  const options = Object.entries(probabilities).map(([name, p]) => ({ text: name, confidence: p }));
  return {
    // The text is empty if the drawing shows no digit.
    line: { text, confidence, digits: text ? [{ text, confidence }] : [] },
    options: () => options,
    ink: () => strokes,
    isDigit: true,
  };
}

/** Read a drawing of a number. @returns {Promise<Reading>} */
export async function readNumber(strokes, script) {
  const { picture, toPad } = await renderNumber(strokes);
  const response = await uploadDrawing(picture, { script, layout: "field", keep: "false" });
  const line = response.pages[0]?.lines[0] ?? { text: "", confidence: 0, digits: [] };
  return {
    line,
    options: (index) => [line.digits[index], ...line.digits[index].alternatives],
    ink: (index) => strokesInBox(strokes, line.digits[index].box, toPad),
    isDigit: false,
  };
}

/** Store a drawing with its correct text; resolves to false if the service has no store. */
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

function uploadDrawing(picture, query) {
  const form = new FormData();
  form.append("picture", picture, "drawing.png");
  return call("v1/read", { form, query, key: newKey() });
}

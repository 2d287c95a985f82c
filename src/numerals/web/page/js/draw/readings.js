// Drawing -> reading, of one digit or of a whole number, in one shape:
// {line: {text, confidence, digits}, options: per digit [{text, confidence}], ink: per digit strokes}

import { call, newKey } from "../api.js";
import { digitPixels, numberPicture, strokesWithin } from "./raster.js";

export async function readDigit(strokes, script) {
  const images = [digitPixels(strokes)];
  const answer = await call("v1/digits", { json: { images }, query: { script } });
  const { text, confidence, probabilities } = answer.digits[0];
  const options = Object.entries(probabilities).map(([name, p]) => ({ text: name, confidence: p }));
  return {
    // The text is empty where the service sees no digit.
    line: { text, confidence, digits: text ? [{ text, confidence }] : [] },
    options: () => options,
    ink: () => strokes,
    isWhole: true,
  };
}

export async function readNumber(strokes, script) {
  const { picture, toPad } = await numberPicture(strokes);
  const answer = await sendDrawing(picture, { script, layout: "field", keep: "false" });
  const line = answer.pages[0]?.lines[0] ?? { text: "", confidence: 0, digits: [] };
  return {
    line,
    options: (at) => [line.digits[at], ...line.digits[at].alternatives],
    ink: (at) => strokesWithin(strokes, line.digits[at].box, toPad),
    isWhole: false,
  };
}

/** Store the drawing with what it should have been read as. */
export async function keepCorrection(strokes, { script, isDigit, text, by }) {
  const { picture } = await numberPicture(strokes);
  const layout = isDigit ? "digits" : "field";
  const kept = await sendDrawing(picture, { script, layout, keep: "true" });
  const line = kept.pages[0]?.lines[0];
  if (!line?.line_id) return false;
  const json = { line_id: line.line_id, text, by, version: "0" };
  await call("v1/corrections", { json, key: newKey() });
  return true;
}

function sendDrawing(picture, query) {
  const form = new FormData();
  form.append("picture", picture, "drawing.png");
  return call("v1/read", { form, query, key: newKey() });
}

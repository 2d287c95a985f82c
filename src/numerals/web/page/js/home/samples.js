// @ts-check
// Samples for somebody who has no files at hand: the example pictures of numerals.

import { ApiError } from "../api.js";
import { createBatch } from "../batches/batches.js";
import { upload } from "../upload/uploader.js";
import { SAMPLE_FORM, saveSampleForm } from "./sample-form.js";

const PICTURES = ["three-lines.jpg", "phone-number.jpg"];
const SHEETS = ["form/sheet-1.jpg", "form/sheet-2.jpg"];

export const startSamplePictures = () => start({ name: "Sample: pictures" }, PICTURES);

export async function startSampleForms() {
  await saveSampleForm();
  await start({ name: "Sample: ferry sheets", templates: [SAMPLE_FORM] }, SHEETS);
}

/** @param {{name: string, templates?: string[]}} settings @param {string[]} names */
async function start(settings, names) {
  const files = await Promise.all(
    names.map(async (name) => {
      const path = name.slice(name.lastIndexOf("/") + 1);
      return { path, file: new File([await fetchExample(name)], path, { type: "image/jpeg" }) };
    }),
  );
  const batch = await createBatch(settings);
  upload(batch, files);
  location.hash = `#batch/${batch.id}`;
}

/** @param {string} name @returns {Promise<Blob>} */
export async function fetchExample(name) {
  const response = await fetch(`static/examples/${name}`);
  if (!response.ok) throw new ApiError(404, "The sample pictures are not installed.");
  return response.blob();
}

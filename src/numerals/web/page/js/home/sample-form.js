// @ts-check
// The template of the sample form, the same as examples/form/form.toml.

import { call } from "../api.js";
import { templateNames } from "../batches/batches.js";
import { fetchExample } from "./samples.js";

export const SAMPLE_FORM = "ferry-sheet";

const FIELDS = [
  { name: "crew_number", box: [300, 250, 600, 312], cells: 6, required: true },
  { name: "date", box: [800, 250, 1184, 312], cells: 8, format: "date:ymd", required: true },
  { name: "adults", box: [300, 434, 560, 496] },
  { name: "children", box: [300, 526, 560, 588] },
  { name: "seniors", box: [300, 618, 560, 680] },
  { name: "total", box: [300, 710, 560, 772], required: true },
  { name: "hours_start", box: [880, 434, 1184, 496] },
  { name: "hours_end", box: [880, 526, 1184, 588] },
  { name: "phone", box: [730, 710, 1184, 772], format: "digits:10" },
];
const RELATIONS = [
  { sum: ["adults", "children", "seniors"], equals: "total" },
  { less_or_equal: ["hours_start", "hours_end"] },
];

/** Save the template, unless the service has one of this name. */
export async function saveSampleForm() {
  if ((await templateNames()).includes(SAMPLE_FORM)) return;
  const form = new FormData();
  form.append("picture", await fetchExample("form/blank-form.png"), "blank-form.png");
  const { picture_id: picture } = await call("v1/templates/detect", { form, query: { turn: 0 } });
  const template = { fields: FIELDS, relations: RELATIONS, picture_id: picture };
  await call(`v1/templates/${SAMPLE_FORM}`, { method: "PUT", json: template });
}

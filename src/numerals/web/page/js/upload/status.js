// @ts-check
// The strip below the navigation that shows how many files were sent.

import { count } from "../batches/progress.js";
import { $, h, setText } from "../dom.js";
import { cancelUpload, currentUploads } from "./uploader.js";

/** @typedef {import("./uploader.js").Upload} Upload */

const MAX_NAMED = 3; // refused files that are named

/** Show the uploads as they change. */
export function showUploads() {
  document.addEventListener("uploads-changed", (event) => {
    const finished = /** @type {CustomEvent<Upload | null>} */ (event).detail;
    update();
    if (finished && finished.sent >= finished.total) showResult(finished);
  });
}

const strip = $("#uploads");
/** @type {Map<string, {element: HTMLElement, show: (upload: Upload) => void}>} */
const rows = new Map();

function update() {
  const uploads = currentUploads();
  const ids = new Set(uploads.map(({ batch }) => batch));
  for (const [id, { element }] of rows) {
    if (ids.has(id)) continue;
    element.remove();
    rows.delete(id);
  }
  for (const upload of uploads) {
    const row = rows.get(upload.batch) ?? addRow(upload);
    row.show(upload);
  }
  strip.hidden = !strip.childElementCount;
}

/** @param {Upload} upload */
function addRow({ batch, name }) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": `Files sent to ${name}` });
  const text = h("span", {});
  const stop = h("button", { type: "button", class: "link", onclick: () => cancelUpload(batch) }, "Stop");
  const element = h("p", { class: "upload" }, bar, text, stop);
  strip.append(element);
  const row = {
    element,
    show(/** @type {Upload} */ { total, sent, problem }) {
      bar.max = total;
      bar.value = sent;
      const sending = `Sending files to “${name}”: ${sent} of ${total}.`;
      const hint = problem ? `${problem} Trying again …` : "Keep this page open until all are sent.";
      setText(text, `${sending} ${hint}`);
    },
  };
  rows.set(batch, row);
  return row;
}

/** Name the files that the service did not take. @param {Upload} upload */
function showResult({ name, total, refused }) {
  if (!refused.length) return;
  const named = refused.slice(0, MAX_NAMED).map(({ path, reason }) => `${path} (${reason})`);
  const more = refused.length - named.length;
  const list = `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const text = `“${name}”: ${count(total - refused.length, "file")} sent. Not taken: ${list}.`;
  const close = () => {
    element.remove();
    update();
  };
  const element = h(
    "p",
    { class: "upload" },
    h("span", {}, text),
    h("button", { type: "button", class: "link", onclick: close }, "Close"),
  );
  strip.append(element);
  strip.hidden = false;
}

// @ts-check
// The progress of a batch as a bar and words.

import { h, setText } from "../dom.js";

/** @typedef {import("./batches.js").Batch} Batch */

/** Return "1 file" or "12 files". */
export const count = (/** @type {number} */ number, /** @type {string} */ noun) =>
  `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;

/** Return a duration as a person would say it. */
export function duration(/** @type {number} */ seconds) {
  if (seconds < 10) return "a few seconds";
  if (seconds < 90) return `${Math.round(seconds / 10) * 10} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}

/**
 * Return what was read, of how many: pages, if a file has several.
 * @param {Batch} batch
 * @returns {[number, number, string]}
 */
function amounts({ files, done, failed, pages, pages_left: left }) {
  return pages + left > files ? [pages, pages + left, "page"] : [done + failed, files, "file"];
}

/** Return how far a batch is, such as "461 of 500 files read, about 2 minutes left". */
export function progressText(/** @type {Batch} */ batch) {
  const { files, failed, done, state, seconds_left: left } = batch;
  if (!files) return "No files yet";
  if (state === "done") return failed === files ? "No file could be read" : `${count(done, "file")} read`;
  const [nRead, n, noun] = amounts(batch);
  const finished = `${nRead.toLocaleString("en-GB")} of ${count(n, noun)} read`;
  if (state === "paused") return `Paused: ${finished}`;
  return left ? `${finished}, about ${duration(left)} left` : finished;
}

/** Return an element with the progress of a batch, and a function that updates it. */
export function progressBar() {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of reading" });
  const text = h("span", { class: "progress-text" });
  const element = h("div", { class: "batch-progress" }, bar, text);
  return {
    element,
    /** @param {Batch} batch */
    show(batch) {
      const isFinished = batch.state === "done";
      bar.hidden = isFinished || !batch.files;
      const [nRead, n] = amounts(batch);
      bar.max = Math.max(n, 1);
      bar.value = nRead;
      setText(text, progressText(batch));
    },
  };
}

/** Return a date such as "today, 12:40" or "14 Jan, 09:15". */
export function when(/** @type {string} */ iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const isToday = date.toDateString() === new Date().toDateString();
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return `${isToday ? "today" : day}, ${time}`;
}

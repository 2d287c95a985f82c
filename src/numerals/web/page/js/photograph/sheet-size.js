// @ts-check
// On touch screens, enlarge a page whose digits are too small to be tapped; it then scrolls.

import { $, button } from "../dom.js";

const MIN_TARGET = 24; // CSS pixels, as in WCAG 2.2; photograph.css gives boxes this size
const MAX_ZOOM = 4;
const SMALL_SHARE = 0.1; // of the distances between digits; a few may be smaller

/** @type {object | null} */
let shownPage = null;

/**
 * Size the sheet for a page, and show its first digit.
 * @param {import("../types.js").Page} page
 */
export function enlargeForTouch(page) {
  const [frame, sheet] = [$("#sheet-frame"), $("#sheet")];
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const pitch = isTouch ? digitPitch(page) * (frame.clientWidth / page.width) : MIN_TARGET;
  const zoom = Math.min(Math.max(MIN_TARGET / Math.max(pitch, 1), 1), MAX_ZOOM);
  sheet.style.setProperty("--zoom", zoom.toFixed(2));
  button("#sheet-whole").hidden = zoom === 1;
  if (page === shownPage) return;
  shownPage = page;
  showWhole(false);
  const [left, top] = page.lines[0]?.box ?? [0, 0];
  const scale = (zoom * frame.clientWidth) / page.width;
  frame.scrollTo(left * scale - MIN_TARGET, top * scale - 2 * MIN_TARGET);
}

/** Switch between the enlarged page and all of it, whose digits are too small for fingers. */
export function toggleWhole() {
  showWhole(!$("#sheet-frame").classList.contains("whole"));
}

/** @param {boolean} isWhole */
function showWhole(isWhole) {
  $("#sheet-frame").classList.toggle("whole", isWhole);
  $("#overlay").inert = isWhole;
  button("#sheet-whole").setAttribute("aria-pressed", String(isWhole));
}

/**
 * Return a small distance between the centers of neighbouring digits, pixels of the page.
 * @param {import("../types.js").Page} page
 */
function digitPitch({ lines, width }) {
  const centers = lines.map(({ digits }) => digits.map(({ box }) => (box[0] + box[2]) / 2));
  const distances = centers.flatMap((x) => x.slice(1).map((each, i) => Math.abs(each - x[i])));
  const sorted = distances.filter((each) => each > 0).sort((a, b) => a - b);
  return sorted[Math.floor(SMALL_SHARE * sorted.length)] ?? width;
}

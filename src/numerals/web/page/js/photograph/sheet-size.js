// @ts-check
// On touch screens, enlarge a page whose digits are too small to be tapped; it then scrolls.

const MIN_TARGET = 24; // CSS pixels, as in WCAG 2.2; photograph.css gives boxes this size
const MAX_ZOOM = 4;
const SMALL_SHARE = 0.1; // of the distances between digits; a few may be smaller

/**
 * @param {HTMLElement} sheet
 * @param {import("../types.js").Page} page
 */
export function enlargeForTouch(sheet, page) {
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const width = sheet.parentElement?.clientWidth ?? 0;
  const pitch = isTouch && width ? digitPitch(page) * (width / page.width) : MIN_TARGET;
  const zoom = Math.min(Math.max(MIN_TARGET / pitch, 1), MAX_ZOOM);
  sheet.style.setProperty("--zoom", zoom.toFixed(2));
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

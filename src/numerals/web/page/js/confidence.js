// @ts-check
// Confidence levels, and the formatting of probabilities.

export const HIGH_CONFIDENCE = 0.95;
const MEDIUM_CONFIDENCE = 0.8;

/**
 * Return "high", "medium" or "low". digits.css has a colour and an underline for each level.
 * @param {number} confidence
 */
export function level(confidence) {
  if (confidence >= HIGH_CONFIDENCE) return "high";
  return confidence >= MEDIUM_CONFIDENCE ? "medium" : "low";
}

/**
 * Return a description such as "98 %, high confidence".
 * @param {number} confidence
 */
export const describe = (confidence) =>
  `${percent(confidence)}, ${level(confidence)} confidence`;

/**
 * Format a probability as "98 %", rounded down; never as 100 % or 0 %.
 * @param {number} p
 */
export function percent(p) {
  if (p >= 0.999) return "> 99.9\u00a0%";
  if (p >= 0.99) return `${Math.floor(p * 1000) / 10}\u00a0%`;
  if (p < 0.01) return "< 1\u00a0%";
  return `${Math.floor(p * 100)}\u00a0%`;
}

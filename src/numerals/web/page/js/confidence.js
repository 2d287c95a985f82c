// Probabilities as people read them: a word, a number, a style.

export const SURE = 0.95;
const LIKELY = 0.8;

/** Name of the style: each has its colour and its pattern in digits.css. */
export function level(confidence) {
  if (confidence >= SURE) return "sure";
  return confidence >= LIKELY ? "likely" : "doubtful";
}

const WORDS = { sure: "sure", likely: "likely", doubtful: "in doubt" };
export const word = (confidence) => WORDS[level(confidence)];

/** "98 %", rounded down; never 100 or 0, for a model is not that sure of anything. */
export function percent(p) {
  if (p >= 0.999) return "> 99.9\u00a0%";
  if (p >= 0.99) return `${Math.floor(p * 1000) / 10}\u00a0%`;
  if (p < 0.01) return "< 1\u00a0%";
  return `${Math.floor(p * 100)}\u00a0%`;
}

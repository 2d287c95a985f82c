// @ts-check
// What a reviewer may answer. The service checks it too: numerals/corrections/answer_text.py.

const SIGNS = ".,-+/:()%×÷=*#°$€£'’";

/**
 * Return why a text cannot be an answer, or "" if it can. An empty text says that there is no number.
 * @param {string} text
 * @param {string} [read] the text as read, which may be confirmed whatever it is
 */
export function answerProblem(text, read = "") {
  const answer = text.trim();
  if (answer === "" || answer === read.trim()) return "";
  const other = [...answer].filter((c) => !/[\p{Nd}\p{Zs}\p{Pd}−]/u.test(c) && !SIGNS.includes(c));
  if (other.length) return `“${other[0]}” is not a digit. Enter a number.`;
  return /\p{Nd}/u.test(answer) ? "" : "Enter a number with at least one digit.";
}

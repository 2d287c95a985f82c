// @ts-check
// Settings in the browser's local storage: names and options, no readings.

const UNSET = "\0";

/**
 * @param {string} key
 * @param {string} [fallback]
 */
export function recall(key, fallback = "") {
  try {
    return localStorage.getItem(`numerals.${key}`) ?? fallback;
  } catch {
    return fallback; // storage is disabled
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(`numerals.${key}`, value);
  } catch {
    // Without storage, settings last as long as the page.
  }
}

/**
 * Restore a control's value, and save it when it changes.
 * @param {HTMLInputElement | HTMLSelectElement} control
 * @param {string} key
 */
export function rememberControl(control, key) {
  const checkbox = control instanceof HTMLInputElement && control.type === "checkbox" && control;
  const saved = recall(key, UNSET);
  if (saved !== UNSET && checkbox) checkbox.checked = saved === "true";
  else if (saved !== UNSET) control.value = saved;
  control.addEventListener("change", () =>
    remember(key, checkbox ? String(checkbox.checked) : control.value),
  );
}

/** The name of a user who has not given one. */
export const NO_NAME = "page";

/** Return the user's name from Check, for the history of corrections. */
export const userName = () => recall("by").trim() || NO_NAME;

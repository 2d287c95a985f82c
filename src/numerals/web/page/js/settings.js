// Settings in the browser's local storage: names and options, no readings.

export function recall(key, fallback = "") {
  try {
    return localStorage.getItem(`numerals.${key}`) ?? fallback;
  } catch {
    return fallback; // storage is disabled
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(`numerals.${key}`, value);
  } catch {
    // Without storage, settings last as long as the page.
  }
}

/** Restore a control's value, and save it when it changes. */
export function rememberControl(control, key) {
  const property = control.type === "checkbox" ? "checked" : "value";
  const saved = recall(key, null);
  if (saved !== null) control[property] = property === "checked" ? saved === "true" : saved;
  control.addEventListener("change", () => remember(key, String(control[property])));
}

/** Return the user's name from Review, for the history of corrections. */
export const userName = () => recall("by").trim() || "page";

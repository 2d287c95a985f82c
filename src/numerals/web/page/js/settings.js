// What this browser remembers: names and choices, no readings.

export function recall(key, fallback = "") {
  try {
    return localStorage.getItem(`numerals.${key}`) ?? fallback;
  } catch {
    return fallback; // storage is switched off
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(`numerals.${key}`, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** Keep a control's value from one visit to the next. */
export function rememberControl(control, key) {
  const property = control.type === "checkbox" ? "checked" : "value";
  const kept = recall(key, null);
  if (kept !== null) control[property] = property === "checked" ? kept === "true" : kept;
  control.addEventListener("change", () => remember(key, String(control[property])));
}

/** Who corrects: the name given in Review. */
export const personName = () => recall("by").trim() || "page";

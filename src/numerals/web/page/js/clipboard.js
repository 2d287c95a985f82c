// @ts-check
// Copy text to the clipboard, and save files.

import { h } from "./dom.js";

/** @param {string} text */
async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Over plain HTTP in the local network, browsers offer only the deprecated command.
  const area = h("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/**
 * Copy a text when a button is clicked; the button shows "Copied" for a moment.
 * @param {HTMLButtonElement} button
 * @param {() => string} getText
 */
export function copyOnClick(button, getText) {
  button.addEventListener("click", async () => {
    await copyText(getText());
    const label = [...button.childNodes];
    button.replaceChildren("Copied");
    setTimeout(() => button.replaceChildren(...label), 1200);
  });
}

/**
 * @param {string} name
 * @param {string} type media type
 * @param {string | Blob} content
 */
export function saveFile(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

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
  copyWithCommand(text);
}

/** @param {string} text */
function copyWithCommand(text) {
  const area = h("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

/**
 * Copy a text, and the same content as HTML; return false if the browser refuses. `ClipboardItem`
 * would remove the attributes by which spreadsheets tell texts from numbers.
 * @param {string} text
 * @param {string} html
 */
export function copyTextAndHtml(text, html) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const onCopy = (/** @type {ClipboardEvent} */ event) => {
    event.clipboardData?.setData("text/plain", text);
    event.clipboardData?.setData("text/html", html);
    event.preventDefault();
  };
  document.addEventListener("copy", onCopy, { capture: true, once: true });
  const isCopied = copyWithCommand(text || " ");
  document.removeEventListener("copy", onCopy, { capture: true });
  focused?.focus({ preventScroll: true });
  return isCopied;
}

/**
 * Copy a text when a button is clicked; the button shows "Copied" for a moment.
 * @param {HTMLButtonElement} button
 * @param {() => string | void} getText returns the text, or copies by itself
 */
export function copyOnClick(button, getText) {
  button.addEventListener("click", async () => {
    const text = getText();
    if (text !== undefined) await copyText(text);
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

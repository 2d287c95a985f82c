// @ts-check
// The access token of the service. It is requested once and kept until the tab is closed.

import { $ } from "./dom.js";

const KEY = "numerals.token";
/** @type {Promise<boolean> | null} */
let openDialog = null; // concurrent calls share one dialog

export function accessToken() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/**
 * Keep a token that the address of a page contains.
 * @param {string} token
 */
export function saveToken(token) {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Without storage, the page asks for the token.
  }
}

/** Ask the user for the token; resolves to whether one was entered. */
export function askForToken() {
  openDialog ??= showDialog().finally(() => {
    openDialog = null;
  });
  return openDialog;
}

function showDialog() {
  const dialog = $("#token", HTMLDialogElement);
  const input = $("#token-text", HTMLInputElement);
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return /** @type {Promise<boolean>} */ (new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        const token = dialog.returnValue === "ok" ? input.value.trim() : "";
        if (token) saveToken(token);
        resolve(Boolean(token));
      },
      { once: true },
    );
  }));
}

// The access token of the service. It is requested once and kept until the tab is closed.

import { $ } from "./dom.js";

const KEY = "numerals.token";
let openDialog = null; // promise; concurrent calls share one dialog

export function accessToken() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** Keep a token that the address of a page contains. */
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
  const dialog = $("#token");
  const input = $("#token-text");
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        const token = dialog.returnValue === "ok" ? input.value.trim() : "";
        if (token) saveToken(token);
        resolve(Boolean(token));
      },
      { once: true },
    );
  });
}

// The access token, where the service was started with one: asked for once, kept with the tab.

import { $ } from "./dom.js";

const KEY = "numerals.token";
let asking = null; // several calls may fail at once; they wait for one answer

export function accessToken() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** Ask for the token; resolves to whether one was given. */
export function askForToken() {
  asking ??= show().finally(() => {
    asking = null;
  });
  return asking;
}

function show() {
  const dialog = $("#token");
  const input = $("#token-text");
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answered) => {
    dialog.addEventListener(
      "close",
      () => {
        const token = dialog.returnValue === "ok" ? input.value.trim() : "";
        if (token) sessionStorage.setItem(KEY, token);
        answered(Boolean(token));
      },
      { once: true },
    );
  });
}

// @ts-check
// Accept files from the file dialog, the camera, drag and drop, and the clipboard.

import { $, input } from "../dom.js";
import { offerCamera } from "./camera.js";

/** @param {(files: File[]) => void} add */
export function acceptFiles(add) {
  for (const chooser of [input("#choose"), input("#camera")]) {
    chooser.addEventListener("change", () => {
      add([...(chooser.files ?? [])]);
      chooser.value = ""; // so that the same file can be selected again
    });
  }
  offerCamera(add);
  acceptDrops($("#drop"), $("#photograph"), add);
  document.addEventListener("paste", (event) => {
    if (!$("#photograph").hidden) add([...(event.clipboardData?.files ?? [])]);
  });
}

/**
 * @param {HTMLElement} zone
 * @param {HTMLElement} section
 * @param {(files: File[]) => void} add
 */
function acceptDrops(zone, section, add) {
  section.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  section.addEventListener("dragleave", () => zone.classList.remove("over"));
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    add([...(event.dataTransfer?.files ?? [])]);
  });
}

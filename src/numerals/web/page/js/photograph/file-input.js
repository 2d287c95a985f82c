// Accept files from the file dialog, the camera, drag and drop, and the clipboard.

import { $ } from "../dom.js";

/** @param add function (list of files) */
export function acceptFiles(add) {
  for (const input of [$("#choose"), $("#camera")]) {
    input.addEventListener("change", () => {
      add([...input.files]);
      input.value = ""; // so that the same file can be selected again
    });
  }
  acceptDrops($("#drop"), $("#photograph"), add);
  document.addEventListener("paste", (event) => {
    if (!$("#photograph").hidden) add([...event.clipboardData.files]);
  });
}

function acceptDrops(zone, section, add) {
  section.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  section.addEventListener("dragleave", () => zone.classList.remove("over"));
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    add([...event.dataTransfer.files]);
  });
}

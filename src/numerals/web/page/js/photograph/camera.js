// @ts-check
// Take a photo. Phones open their camera from a file input; on a desktop that input would open a
// file dialog, so the page shows the picture of the camera itself, or no button without one.

import { $, button, context2d } from "../dom.js";

const WIDEST = { width: { ideal: 3840 }, height: { ideal: 2160 } };

/** @param {(files: File[]) => void} add */
export async function offerCamera(add) {
  if (matchMedia("(pointer: coarse)").matches) return;
  $("#camera-label").hidden = true;
  // Browsers offer cameras in secure contexts (TLS or localhost) only.
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
  if (!devices?.some(({ kind }) => kind === "videoinput")) return;
  button("#camera-open").hidden = false;
  button("#camera-open").addEventListener("click", () => takePhoto(add));
}

/** @param {(files: File[]) => void} add */
async function takePhoto(add) {
  const dialog = $("#camera-dialog", HTMLDialogElement);
  const video = $("#camera-video", HTMLVideoElement);
  const message = $("#camera-message");
  const shutter = button("#camera-shutter");
  message.textContent = "Starting the camera …";
  shutter.disabled = true;
  dialog.returnValue = "";
  dialog.showModal();
  /** @type {MediaStream | null} */
  let stream = null;
  dialog.addEventListener(
    "close",
    async () => {
      if (dialog.returnValue === "taken") add([await toFile(video)]);
      stream?.getTracks().forEach((track) => track.stop());
      video.srcObject = null;
    },
    { once: true },
  );
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: WIDEST });
    if (!dialog.open) {
      stream.getTracks().forEach((track) => track.stop());
      return;
    }
    video.srcObject = stream;
    await video.play();
    message.textContent = "Hold the sheet flat, so that it fills the picture.";
    shutter.disabled = false;
    shutter.focus();
  } catch (error) {
    const isDenied = error instanceof DOMException && error.name === "NotAllowedError";
    message.textContent = isDenied
      ? "The browser does not allow this page to use the camera."
      : "The camera cannot be started. Another program may be using it.";
  }
}

/**
 * Return the current picture of the camera.
 * @param {HTMLVideoElement} video
 * @returns {Promise<File>}
 */
async function toFile(video) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  context2d(canvas).drawImage(video, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const time = new Date().toTimeString().slice(0, 8).replaceAll(":", "-");
  return new File([blob], `photo-${time}.png`, { type: "image/png" });
}

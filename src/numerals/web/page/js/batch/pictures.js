// @ts-check
// Pictures of the service as object URLs. They are requested with the access token, and the ones
// that were not used for the longest time are dropped.

import { call } from "../api.js";

const MAX_PICTURES = 300;
const MAX_REQUESTS = 4; // at a time; the others wait, the latest first

/** @type {Map<string, Promise<string>>} */
const cache = new Map();
/** @type {{path: string, start: () => void}[]} */
const waiting = [];
let nRequests = 0;

/** Return a promise of the object URL of a picture. @param {string} address such as /v1/review/3/crop */
export function picture(address) {
  const path = address.replace(/^\//, "");
  const known = cache.get(path);
  if (known) {
    cache.delete(path); // and set again: the latest used is the last
    cache.set(path, known);
    return known;
  }
  const url = request(path);
  cache.set(path, url);
  url.catch(() => cache.delete(path));
  if (cache.size > MAX_PICTURES) drop(/** @type {string} */ (cache.keys().next().value));
  return url;
}

/** Forget the pictures that are not requested yet, because the user has scrolled past them. */
export function dropWaiting() {
  for (const { path } of waiting.splice(0)) cache.delete(path);
}

/** @param {string} path */
function drop(path) {
  cache
    .get(path)
    ?.then((url) => URL.revokeObjectURL(url))
    .catch(() => {});
  cache.delete(path);
}

/** @param {string} path @returns {Promise<string>} */
async function request(path) {
  if (nRequests >= MAX_REQUESTS) {
    await new Promise((resolve) => {
      waiting.push({ path, start: () => resolve(undefined) });
    });
  }
  nRequests += 1;
  try {
    return URL.createObjectURL(await call(path, { as: "blob" }));
  } finally {
    nRequests -= 1;
    waiting.pop()?.start();
  }
}

/**
 * Show a picture in an image, unless it has got another one meanwhile.
 * @param {HTMLImageElement} image
 * @param {string | null} address null for no picture
 */
export async function showPicture(image, address) {
  if (image.dataset.address === (address ?? "")) return;
  image.dataset.address = address ?? "";
  image.removeAttribute("src");
  if (!address) return;
  try {
    const url = await picture(address);
    if (image.dataset.address === address) image.src = url;
  } catch {
    if (image.dataset.address === address) image.dataset.address = ""; // it may be there later
  }
}

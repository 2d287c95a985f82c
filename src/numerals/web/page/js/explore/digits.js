// Grids of digits, each a button that asks for its look-alikes.

import { h } from "../dom.js";

/** @param describe function of a digit: the words below and for those who do not see it */
export function digitItems(digits, describe, onchoose) {
  return digits.map((digit) => {
    const { caption, spoken } = describe(digit);
    const picture = h("img", {
      src: digit.picture,
      alt: "",
      width: 56,
      height: 56,
      loading: "lazy",
    });
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "tile",
          "aria-label": `${spoken}; show look-alikes`,
          onclick: () => onchoose(digit),
        },
        picture,
        caption && h("span", { class: "tile-caption" }, caption),
      ),
    );
  });
}

/** A data URL's grey pixels, as rows of 0..255. */
export async function pixelsOf(picture) {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = h("canvas", { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => data[4 * (width * y + x)]),
  );
}

/** The service may answer with a list, or with a list and how many there are in all. */
export function listOf(answer) {
  const digits = Array.isArray(answer) ? answer : answer.digits;
  return { digits, total: answer.total ?? null };
}

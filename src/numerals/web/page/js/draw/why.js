// Why this answer: what the model saw, what speaks for it, and the training digits most like it.

import { call } from "../api.js";
import { percent } from "../confidence.js";
import { h } from "../dom.js";
import { showImage, showMap, whereStrongest } from "./maps.js";
import { digitPixels } from "./raster.js";

export function explain(strokes, script) {
  return call("v1/explain", { json: { image: digitPixels(strokes) }, query: { script } });
}

export function showWhy(body, found) {
  const { answer, runner_up: next, occlusion, why_not: whyNot, image } = found;
  const place = whereStrongest(occlusion, image);
  const against = whereStrongest(whyNot, image);
  const figures = [
    figure(
      showImage(image, `The ${image.length} by ${image.length} pixels the model sees`),
      "What the model sees",
    ),
    figure(
      showMap(occlusion, image, `What speaks for ${answer}; most of it ${place}`),
      h("span", {}, h("b", {}, `Why ${answer}`), `: most at the ${place}`),
    ),
  ];
  if (next?.text) {
    figures.push(
      figure(
        showMap(
          whyNot,
          image,
          `What speaks for ${answer} against ${next.text}; most of it ${against}`,
        ),
        h(
          "span",
          {},
          h("b", {}, `Why not ${next.text}`),
          ` (${percent(next.confidence)}): most at the ${against}`,
        ),
      ),
    );
  }
  body.replaceChildren(
    h("div", { class: "why-maps" }, figures),
    h(
      "p",
      { class: "legend small" },
      h("span", { class: "key for" }, "speaks for the answer"),
      h("span", { class: "key against" }, "speaks against it"),
      h("span", {}, "A part is hidden, and the change of the answer's log-odds measured."),
    ),
    ...neighbourList(found),
  );
}

function neighbourList({ neighbours = [], neighbours_note: note }) {
  const heading = h("h3", { id: "neighbours-title" }, "The most similar training digits");
  if (!neighbours.length) return [heading, h("p", { class: "small" }, note || "None are at hand.")];
  const items = neighbours.map(({ label, similarity, picture }) =>
    h(
      "li",
      {},
      h("img", { src: picture, alt: "", width: 56, height: 56 }),
      h("b", {}, label),
      h("small", {}, `${percent(similarity)} alike`),
    ),
  );
  return [
    heading,
    h("ul", { class: "digit-grid large", "aria-labelledby": "neighbours-title" }, items),
  ];
}

function figure(canvas, caption) {
  return h("figure", {}, canvas, h("figcaption", {}, caption));
}

// Learn: what was corrected, how to train with it, and what the models reach.

import { call } from "./api.js";
import { copyOnClick } from "./clipboard.js";
import { $, h, icon } from "./dom.js";
import { guarded } from "./notices.js";

const N_SHOWN = 12; // corrections
const COMMANDS = [
  {
    title: "Train with the corrections; the figures of old and new are compared",
    command: "numerals train --recipe latin-line --with-corrections",
  },
];

export async function enter() {
  await guarded($("#learn-notice"), show, enter);
}

async function show() {
  const [{ models }, kept, review] = await Promise.all([
    call("v1/models"),
    orNone(call("v1/corrections", { query: { limit: N_SHOWN, newest: true } })),
    orNone(call("v1/review", { query: { limit: 1 } })),
  ]);
  const facts = [
    [kept?.total ?? 0, "corrections kept"],
    [review?.waiting ?? 0, "numbers nobody has checked"],
    [models.filter(({ active }) => active).length, "models in use"],
  ];
  $("#learn-facts").replaceChildren(
    ...facts.map(([value, name]) =>
      h("p", { class: "fact" }, h("b", {}, value.toLocaleString("en-GB")), ` ${name}`),
    ),
  );
  $("#learn-corrections").replaceChildren(correctionsTable(kept));
  $("#learn-commands").replaceChildren(...(kept?.commands ?? COMMANDS).map(command));
  $("#learn-models").replaceChildren(...models.map(model));
}

/** Without a store there is nothing of this kind; the models are there all the same. */
const orNone = (asked) =>
  asked.catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });

function correctionsTable(kept) {
  if (!kept) return h("p", { class: "small" }, "This service keeps nothing, so no corrections.");
  if (!kept.corrections.length) {
    const photograph = h("a", { href: "#photograph" }, "Photograph");
    const review = h("a", { href: "#review" }, "Review");
    return h("p", { class: "small" }, "None yet. ", photograph, " and ", review, " make them.");
  }
  const rows = kept.corrections.map(({ from, to, by, at }) => {
    const cells = [from || "nothing", h("b", {}, to), by || "–", new Date(at).toLocaleString()];
    return h("tr", {}, cells.map((cell) => h("td", {}, cell)));
  });
  const head = ["Read as", "Corrected to", "By", "When"];
  const caption = kept.total > rows.length ? `The newest ${rows.length} of ${kept.total}` : "";
  return h(
    "table",
    { "aria-label": "Corrections" },
    caption && h("caption", {}, caption),
    h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows),
  );
}

function command({ title, command: text }) {
  const copy = h(
    "button",
    { type: "button", "aria-label": `Copy: ${title}` },
    icon("copy"),
    "Copy",
  );
  copyOnClick(copy, () => text);
  const code = h("code", { tabindex: 0 }, text);
  return h("li", {}, h("p", {}, title), h("div", { class: "command" }, code, copy));
}

function model({ name, script, kind, characters, active, figures, training }) {
  const reads = `Reads ${kind === "lines" ? "lines of numbers" : "single digits"}, ${script}: `;
  return h(
    "article",
    { class: "card model" },
    h("h3", {}, name, active && h("span", { class: "badge" }, "in use")),
    h("p", { class: "small" }, reads, h("span", { class: "characters" }, characters)),
    table("Figures", figures),
    table("Training", training),
  );
}

function table(title, values) {
  const entries = Object.entries(values ?? {}).filter(([, value]) => value !== "" && value != null);
  if (!entries.length) return null;
  const rows = entries.map(([name, value]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, name.replaceAll("_", " ")),
      h("td", {}, shown(name, value)),
    ),
  );
  return h("table", { class: "prose" }, h("caption", {}, title), h("tbody", {}, rows));
}

const SHARE = /accuracy|exact|coverage|precision|recall|error/i;

/** Shares are written in per cent; some models tell them so already. */
function shown(name, value) {
  if (typeof value !== "number") return String(value);
  if (!SHARE.test(name) || value < 0 || value > 100) return value.toLocaleString("en-GB");
  const share = value <= 1 ? 100 * value : value;
  return `${share.toFixed(2)}\u00a0%`;
}

// @ts-check
// "Why this answer?" below a line: the steps from the picture to the answer, and findings.

import { call, retryWhileBusy } from "../api.js";
import { percent } from "../confidence.js";
import { h } from "../dom.js";
import { showExplanation } from "../draw/explanation.js";
import { framesFigure } from "./frames.js";

/**
 * A step from the picture to the answer.
 * @typedef {object} Step
 * @property {string} name
 * @property {string} title
 * @property {string} text
 * @property {string | null} picture data URL
 * @property {[number, number] | null} size
 */

/**
 * @typedef {object} Finding
 * @property {"unusual" | "handled" | "typical"} kind
 * @property {string} text
 * @property {string} [test]
 * @property {string} [advice]
 */

/**
 * The steps and findings of a page or number.
 * @typedef {object} Part
 * @property {Step[]} steps
 * @property {Finding[]} findings
 * @property {string} text
 * @property {number} confidence
 * @property {import("./frames.js").Frames} [frames]
 */

/**
 * @typedef {object} PictureExplanation
 * @property {Part} page
 * @property {Part | null} number
 * @property {import("../draw/explanation.js").Explanation | null} evidence
 * @property {string} evidence_note
 * @property {boolean} evidence_pending
 */

/** @typedef {{button: HTMLButtonElement, panel: HTMLElement}} Panel */

/**
 * How to request the explanation of a line; a shown explanation with the same key is reused.
 * @callback Requester
 * @param {number} at index of the line
 * @returns {{key: string, send: () => Promise<PictureExplanation>}}
 */

const MAX_PIXELATED_WIDTH = 64;
const PENDING_DELAY = 3000; // ms until the maps are requested again
/** @type {WeakMap<object, Map<number, Panel>>} */
const panelsOfPage = new WeakMap(); // page of a reading -> panel of each line
let count = 0;

/**
 * Return the button and the panel of a line; a panel stays the same while its page is shown.
 * @param {object} page page of a reading
 * @param {number} at index of the line
 * @param {Requester} request
 * @returns {Panel}
 */
export function explainLine(page, at, request) {
  const panels = panelsOfPage.get(page) ?? new Map();
  panelsOfPage.set(page, panels);
  if (!panels.has(at)) panels.set(at, makePanel(at, request));
  return panels.get(at);
}

/**
 * Request the explanation of a line of a file.
 * @param {import("./queue.js").Entry} entry
 * @param {Record<string, string | number>} query
 * @returns {Promise<PictureExplanation>}
 */
export function requestExplanation(entry, query) {
  const upload = () => {
    const form = new FormData();
    form.append("picture", entry.file, entry.name);
    return call("v1/explain/picture", { form, query });
  };
  return retryWhileBusy(upload, () => {});
}

/**
 * @param {number} at
 * @param {Requester} request
 * @returns {Panel}
 */
function makePanel(at, request) {
  count += 1;
  const panel = h("div", { id: `why-${count}`, class: "why", hidden: true, "aria-live": "polite" });
  const button = h(
    "button",
    {
      type: "button",
      class: "why-button",
      "aria-expanded": "false",
      "aria-controls": panel.id,
      "aria-label": `Why this answer? Line ${at + 1}`,
      onclick: toggle,
    },
    "Why this answer?",
  );
  /** @type {string | null} */
  let shown = null; // text that the shown explanation was requested for

  function toggle() {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) load();
  }

  async function load() {
    const { key, send } = request(at);
    if (shown === key) return;
    shown = key;
    panel.setAttribute("aria-busy", "true");
    panel.replaceChildren(h("p", { class: "small" }, "Reading the picture again …"));
    try {
      const explanation = await send();
      if (shown !== key) return;
      showAll(panel, explanation);
      if (explanation.evidence_pending) setTimeout(() => addEvidence(key, send), PENDING_DELAY);
    } catch (error) {
      shown = null;
      const again = h("button", { type: "button", onclick: load }, "Try again");
      panel.replaceChildren(note(error instanceof Error ? error.message : String(error)), again);
    } finally {
      panel.removeAttribute("aria-busy");
    }
  }

  /**
   * Request an explanation again for its maps, which the service was preparing.
   * @param {string} key
   * @param {() => Promise<PictureExplanation>} send
   */
  async function addEvidence(key, send) {
    if (shown !== key || !panel.isConnected) return;
    if (panel.hidden) {
      shown = null; // requested again when it is opened
      return;
    }
    const explanation = await send().catch(() => null);
    if (shown !== key || !explanation) return;
    if (explanation.evidence_pending) setTimeout(() => addEvidence(key, send), PENDING_DELAY);
    else showAll(panel, explanation);
  }

  return { button, panel };
}

/**
 * @param {HTMLElement} panel
 * @param {PictureExplanation} explanation
 */
function showAll(panel, { page, number, evidence, evidence_note: note }) {
  const part = number ?? page;
  const findings = [...page.findings, ...(number?.findings ?? [])];
  const steps = [...page.steps, ...(number?.steps ?? [])];
  panel.replaceChildren(
    ...findingList(findings),
    h("h3", {}, "Step by step"),
    h("ol", { class: "why-steps" }, steps.map((step) => stepItem(step, part))),
    ...evidencePart(evidence, note),
  );
}

/** @param {Finding[]} findings */
function findingList(findings) {
  const typical = findings.filter(({ kind }) => kind === "typical");
  const notable = findings.filter(({ kind }) => kind !== "typical");
  const heading = notable.length
    ? "What is unusual"
    : "Nothing is unusual, compared with the training data";
  /** @type {HTMLElement[]} */
  const parts = [h("h3", {}, heading)];
  if (notable.length) parts.push(h("ul", { class: "why-findings" }, notable.map(findingItem)));
  if (typical.length) {
    const summary = h("summary", {}, `${typical.length} properties as usual`);
    const list = h("ul", { class: "small" }, typical.map(({ text }) => h("li", {}, text)));
    parts.push(h("details", { class: "why-typical" }, summary, list));
  }
  return parts;
}

/** @param {Finding} finding */
function findingItem({ kind, text, test, advice }) {
  return h(
    "li",
    { class: kind },
    kind === "handled" && h("b", {}, "Evened out: "),
    text,
    test && h("p", { class: "small" }, test),
    advice && h("p", { class: "why-advice" }, inWordsOfThePage(advice)),
  );
}

/**
 * Return an advice with the names of settings in place of the options of the command line.
 * @param {string} advice
 */
function inWordsOfThePage(advice) {
  return advice
    .replace("(--field)", "and set Layout to Single line")
    .replace("(--printed)", "above")
    .replace("with --script", "above");
}

/**
 * @param {Step} step
 * @param {Part} part
 */
function stepItem({ name, title, text, picture, size }, part) {
  if (name === "frames" && part.frames) {
    const strip = part.steps.find((step) => step.name === "input");
    return h("li", {}, h("h4", {}, title), framesFigure(part.frames, strip), note(text));
  }
  const isAnswer = name === "answer";
  return h(
    "li",
    {},
    h("h4", {}, title),
    picture && size && stepPicture(name, picture, size, title),
    isAnswer && h("p", { class: "why-answer" }, part.text || "no digit", ` ${percent(part.confidence)}`),
    note(text),
  );
}

/**
 * @param {string} name
 * @param {string} picture data URL
 * @param {[number, number]} size
 * @param {string} title
 */
function stepPicture(name, picture, [width], title) {
  const isSmall = name === "input" || width <= MAX_PIXELATED_WIDTH; // pixels should stay visible
  const image = h("img", { src: picture, alt: title, class: isSmall ? "pixels" : "" });
  if (isSmall) image.style.setProperty("--pixels", String(width));
  return image;
}

const note = (/** @type {string} */ text) => h("p", { class: "small" }, text);

/**
 * Return the maps and similar digits of a single digit, as in Draw.
 * @param {PictureExplanation["evidence"]} evidence
 * @param {string} text
 * @returns {HTMLElement[]}
 */
function evidencePart(evidence, text) {
  if (!evidence) return text ? [note(text)] : [];
  const body = h("div", { class: "explanation" });
  showExplanation(body, evidence);
  return [h("h3", {}, "Which pixels matter"), body];
}

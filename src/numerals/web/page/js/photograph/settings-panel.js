// @ts-check
// The settings of Read: what the service is asked for, and what is shown of its answer.

import { call } from "../api.js";
import { $, fillSelect, input, select } from "../dom.js";
import { makeFormatMenu } from "../format-menu.js";
import { fillScripts } from "../service-info.js";
import { rememberControl } from "../settings.js";

/** @typedef {import("./queue.js").Query} Query */

const DETECTED_LAYOUTS = ["page", "table"]; // others are not turned

/**
 * @param {object} listeners
 * @param {() => void} listeners.onreading called when files have to be read again
 * @param {() => void} listeners.onlimits called when only the display changes
 */
export function makeSettings({ onreading, onlimits }) {
  const template = select("#photo-template");
  const script = select("#photo-script");
  const layout = select("#photo-layout");
  const turn = select("#photo-turn");
  const dpi = select("#photo-dpi");
  const printed = input("#photo-printed");
  const onlyDigits = input("#photo-only-digits");
  const keep = input("#photo-keep");
  const threshold = input("#photo-threshold");
  const maxError = select("#photo-max-error");
  const format = makeFormatMenu({ id: "photo-format", onchange: changed });
  $("#photo-format-place").replaceChildren(format.element);

  function changed() {
    update();
    onreading();
  }

  /** Disable the settings that the service does not accept for the layout. */
  function update() {
    const isForm = template.value !== ""; // whose fields say what they are
    layout.disabled = isForm;
    turn.disabled = isForm || !DETECTED_LAYOUTS.includes(layout.value);
    format.select.disabled = isForm || layout.value === "digit";
    printed.disabled = isForm || layout.value !== "page";
    $("#photo-threshold-text").textContent = `${Math.round(100 * Number(threshold.value))} %`;
    $("#photo-settings-summary").textContent = summary();
  }

  /** Return the settings that differ from the defaults, for the closed panel. */
  function summary() {
    const parts = [
      script.value !== "latin" && optionText(script),
      template.value && `form ${template.value}`,
      !layout.disabled && layout.value !== "page" && optionText(layout),
      !turn.disabled && turn.value !== "auto" && `turned ${optionText(turn)}`,
      formatSpec() && optionText(format.select).split(" – ")[0],
      printed.checked && !printed.disabled && "with printed numbers",
      onlyDigits.checked && "digits only",
      Number(threshold.value) > 0 && `digits from ${$("#photo-threshold-text").textContent}`,
      maxError.value && `at most ${optionText(maxError)} wrong`,
      dpi.value !== "200" && `${dpi.value} dpi`,
      !keep.checked && "not kept",
    ];
    return parts.filter(Boolean).join(" · ");
  }

  /** @param {HTMLSelectElement} list */
  const optionText = (list) => list.selectedOptions[0]?.textContent ?? "";

  const formatSpec = () => (format.select.disabled ? "" : (format.value() ?? ""));

  rememberControl(threshold, "threshold");
  rememberControl(maxError, "max-error");
  rememberControl(keep, "keep");
  for (const control of [template, script, layout, turn, dpi, printed, onlyDigits]) {
    control.addEventListener("change", changed);
  }
  for (const control of [threshold, maxError, keep]) {
    control.addEventListener("input", () => {
      update();
      onlimits();
    });
  }
  $("#photograph-settings").addEventListener("submit", (event) => event.preventDefault());
  update();

  /** Offer the templates; there are none without a store. */
  async function fillTemplates() {
    /** @type {{name: string, error?: string | null}[]} */
    const templates = await call("v1/templates").catch(() => []);
    const names = templates.filter(({ error }) => !error).map(({ name }) => name);
    fillSelect(template, [["", "No form"], ...names.map((each) => pair(each))]);
    $("#photo-template-setting").hidden = names.length === 0;
  }

  /** @returns {[string, string]} */
  const pair = (/** @type {string} */ name) => [name, name];

  return {
    /** Fill the menus that the service knows. */
    async fill() {
      await fillScripts(script, "photo-script", { auto: true });
      await fillTemplates();
      update();
    },
    formatSpec,
    get detectsScript() {
      return script.value === "auto";
    },
    /** @returns {import("./results.js").Limits} */
    get limits() {
      const error = maxError.value;
      return { threshold: Number(threshold.value), maxError: error ? Number(error) : null };
    },
    /** @returns {Query} */
    query() {
      return {
        script: script.value,
        template: template.value,
        layout: layout.disabled ? "page" : layout.value,
        turn: turn.disabled ? "auto" : turn.value,
        printed: String(printed.checked && !printed.disabled),
        format: formatSpec(),
        dpi: dpi.value,
        only: onlyDigits.checked ? "digits" : "",
        keep: String(keep.checked),
      };
    },
  };
}

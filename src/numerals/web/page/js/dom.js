// @ts-check
// Helpers for building the page from DOM elements.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Return the element of a selector, which must exist.
 * @template {typeof Element} [T=typeof HTMLElement]
 * @param {string} selector
 * @param {T} [type] class of the element, such as HTMLInputElement
 * @returns {InstanceType<T>}
 */
export function $(selector, type) {
  const element = document.querySelector(selector);
  if (element instanceof (type ?? HTMLElement)) return /** @type {InstanceType<T>} */ (element);
  throw new TypeError(`${selector} is ${element ? element.tagName : "missing"}`);
}

/** @param {string} selector */
export const input = (selector) => $(selector, HTMLInputElement);

/** @param {string} selector */
export const button = (selector) => $(selector, HTMLButtonElement);

/** @param {string} selector */
export const select = (selector) => $(selector, HTMLSelectElement);

/**
 * Create an element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} [attributes] `on...` adds a listener, `true` an empty attribute,
 *   `false` none
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  for (const child of children.flat()) {
    if (child == null || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * Set the text of an element if it differs, because the browser lays out a replaced text again.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Return the drawing context of a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [options]
 */
export function context2d(canvas, options) {
  const context = canvas.getContext("2d", options);
  if (!context) throw new Error("the browser cannot draw");
  return context;
}

/**
 * Create an icon from the sprite in index.html. It is decorative and needs a text beside it.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Fill a select or datalist; keep the selected value if it is still available.
 * @param {HTMLSelectElement | HTMLDataListElement} list
 * @param {[string, string][]} options [value, text] pairs
 * @param {string} [preferred]
 */
export function fillSelect(list, options, preferred) {
  const selected = (list instanceof HTMLSelectElement && list.value) || preferred;
  list.replaceChildren(...options.map(([value, text]) => h("option", { value }, text)));
  if (!(list instanceof HTMLSelectElement) || selected === undefined) return;
  if (options.some(([value]) => value === selected)) list.value = selected;
}

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Let the arrow keys move the focus within a group of buttons (roving tabindex).
 * @param {HTMLElement} group
 * @param {string} [selector]
 */
export function addRovingFocus(group, selector = "button") {
  group.addEventListener("keydown", (event) => {
    const buttons = /** @type {HTMLElement[]} */ ([...group.querySelectorAll(selector)]);
    const from = buttons.findIndex((each) => each === document.activeElement);
    const step = STEPS[event.key] ?? NaN;
    const to = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : from + step;
    if (from < 0 || !(to >= 0 && to < buttons.length)) return;
    event.preventDefault();
    setTabStop(buttons, buttons[to]);
    buttons[to].focus();
  });
}

/**
 * Make one button of a group reachable with Tab.
 * @param {Iterable<HTMLElement>} buttons
 * @param {HTMLElement | undefined} tabStop
 */
export function setTabStop(buttons, tabStop) {
  for (const each of buttons) each.tabIndex = each === tabStop ? 0 : -1;
}

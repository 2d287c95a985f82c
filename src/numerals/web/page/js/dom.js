// Helpers for building the page from DOM elements.

export const $ = (selector, root = document) => root.querySelector(selector);

/**
 * Create an element.
 * @param attributes `on...` adds a listener, `true` an empty attribute, `false` none
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** Set the text of an element if it differs, because the browser lays out a replaced text again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Create an icon from the sprite in index.html. It is decorative and needs a text beside it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Fill a select with [value, text] pairs; keep the selected value if it is still available. */
export function fillSelect(select, options, preferred) {
  const selected = select.value || preferred;
  select.replaceChildren(...options.map(([value, text]) => h("option", { value }, text)));
  if (options.some(([value]) => value === selected)) select.value = selected;
}

/** Let the arrow keys move the focus within a group of buttons (roving tabindex). */
export function addRovingFocus(group, selector = "button") {
  group.addEventListener("keydown", (event) => {
    const buttons = [...group.querySelectorAll(selector)];
    const from = buttons.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : from + step;
    if (from < 0 || !(to >= 0 && to < buttons.length)) return;
    event.preventDefault();
    setTabStop(buttons, buttons[to]);
    buttons[to].focus();
  });
}

/** Make one button of a group reachable with Tab. */
export function setTabStop(buttons, tabStop) {
  for (const button of buttons) button.tabIndex = button === tabStop ? 0 : -1;
}

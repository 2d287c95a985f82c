// Small pieces to build the page with: the platform's own elements, no framework.

export const $ = (selector, root = document) => root.querySelector(selector);

/** Make an element; `on...` attributes are listeners, `true` an empty attribute, `false` none. */
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

/** Make an icon of the sprite in index.html; words beside it say what it means. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Fill a select, keeping what was chosen where it is still offered. */
export function fillSelect(select, options, preferred) {
  const chosen = select.value || preferred;
  select.replaceChildren(...options.map(([value, text]) => h("option", { value }, text)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

/** Move through a group of buttons with the arrow keys; only one of them is a tab stop. */
export function roveFocus(group, selector = "button") {
  group.addEventListener("keydown", (event) => {
    const buttons = [...group.querySelectorAll(selector)];
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : at + step;
    if (at < 0 || !(to >= 0 && to < buttons.length)) return;
    event.preventDefault();
    setTabStop(buttons, buttons[to]);
    buttons[to].focus();
  });
}

export function setTabStop(buttons, chosen) {
  for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1;
}

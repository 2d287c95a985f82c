// Helpers: elements, numbers, and arrow keys.

const format = (number) => number.toLocaleString("en");

/** Create an element. `on...` adds a listener, `true` an empty attribute, `false` or null none. */
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** Create a labelled select from [value, text] pairs. */
function labelledSelect(title, options, onchange) {
  const select = h("select", { onchange }, options.map(([value, text]) => h("option", { value }, text)));
  return { select, field: h("label", {}, title, select) };
}

/** Make one button of a group reachable with Tab; the arrow keys, Home and End move the focus. */
function addArrowKeys(group) {
  group.addEventListener("keydown", (event) => {
    const buttons = [...group.querySelectorAll("button")];
    const target = buttons.includes(event.target) && neighbour(buttons, event.target, event.key);
    if (!target) return;
    event.preventDefault();
    setTabStop(buttons, target);
    target.focus();
  });
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) setTabStop([...group.querySelectorAll("button")], button);
  });
}

function setTabStop(buttons, tabStop) {
  for (const button of buttons) button.tabIndex = button === tabStop ? 0 : -1;
}

function neighbour(buttons, from, key) {
  const at = buttons.indexOf(from);
  if (key === "ArrowRight") return buttons[at + 1];
  if (key === "ArrowLeft") return buttons[at - 1];
  if (key === "Home") return buttons[0];
  if (key === "End") return buttons.at(-1);
  if (key !== "ArrowDown" && key !== "ArrowUp") return undefined;
  return nearestInNextRow(buttons, from.getBoundingClientRect(), key === "ArrowDown" ? 1 : -1);
}

function nearestInNextRow(buttons, start, direction) {
  const distance = ({ left, top }) => [direction * (top - start.top), Math.abs(left - start.left)];
  const below = buttons
    .map((button) => ({ button, distance: distance(button.getBoundingClientRect()) }))
    .filter(({ distance: [down] }) => down > 2);
  below.sort((a, b) => a.distance[0] - b.distance[0] || a.distance[1] - b.distance[1]);
  return below[0]?.button;
}

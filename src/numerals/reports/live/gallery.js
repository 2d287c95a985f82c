// Galleries of digits, and the details of the digit under the pointer or with the focus.

const TILES_PER_STEP = 120;
const HIDE_DELAY = 150; // ms; enough to move the pointer into the details

const details = h("div", { id: "details", role: "tooltip", hidden: true });
let hideTimer = 0;

/** Show the pictures of an array of rows in a container, with a button for more. */
function showGallery(container, method, rows) {
  const list = h("ul", { class: "gallery" });
  const more = h("button", { type: "button", class: "plain" });
  let shown = 0;
  const showMore = () => {
    const tiles = rows.slice(shown, shown + TILES_PER_STEP).map((row) => h("li", {}, tile(method, row)));
    list.append(...tiles);
    const first = tiles[0]?.firstChild;
    if (shown > 0) first?.focus();
    if (first) setTabStop([...list.querySelectorAll("button")], first);
    shown += tiles.length;
    more.hidden = shown >= rows.length;
    more.textContent = `Show ${format(Math.min(TILES_PER_STEP, rows.length - shown))} more`;
  };
  more.addEventListener("click", showMore);
  addArrowKeys(list);
  showMore();
  hideDetails();
  container.replaceChildren(list, more);
}

function tile(method, row) {
  const button = h(
    "button",
    { type: "button", class: "tile" },
    picture(row),
    h("b", {}, `${classes[labels[row]]} → ${classes[method.predictions[row]]}`),
    h("small", {}, `${method.confidences[row].toFixed(3)}\n#${indexOf(row)}`),
  );
  const show = () => showDetails(button, method, row);
  button.addEventListener("focus", show);
  button.addEventListener("click", show); // Safari does not focus a tapped button
  button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show());
  button.addEventListener("pointerleave", hideDetailsSoon);
  button.addEventListener("blur", hideDetails);
  return button;
}

/** Cut a picture from the sprite sheet; its size is set by the style sheet. */
function picture(row) {
  const span = h("span", { class: "picture" });
  const place = pictureOf.get(row);
  span.style.setProperty("--column", place % source.pictures.columns);
  span.style.setProperty("--row", Math.floor(place / source.pictures.columns));
  return span;
}

function showDetails(button, method, row) {
  clearTimeout(hideTimer);
  const facts = [["index", indexOf(row)], ["label", classes[labels[row]]]];
  for (const each of methods) {
    const suffix = methods.length > 1 ? each.name : "prediction";
    const text = `${classes[each.predictions[row]]}, confidence ${each.confidences[row].toFixed(4)}`;
    facts.push([suffix, text, each.predictions[row] !== labels[row]]);
  }
  if (writers) facts.push(["writer", writers[row]]);
  const others = topClasses(method, row, 3).map(([name, p]) => `${name} ${(100 * p).toFixed(2)} %`);
  if (others.length) facts.push(["most probable", others.join(" · ")]);
  details.replaceChildren(
    picture(row),
    h("dl", {}, facts.map(([name, value, isWrong]) =>
      h("div", { class: isWrong ? "wrong" : null }, h("dt", {}, name), h("dd", {}, String(value))))),
  );
  document.querySelector("[aria-describedby=details]")?.removeAttribute("aria-describedby");
  button.setAttribute("aria-describedby", "details");
  details.hidden = false;
  placeNear(details, button.getBoundingClientRect());
}

/** Place an element below a rectangle, or above it if there is no room, inside the window. */
function placeNear(element, { left, top, bottom }) {
  const { width, height } = element.getBoundingClientRect();
  const maxLeft = document.documentElement.clientWidth - width - 8;
  const isAbove = bottom + height + 8 > window.innerHeight && top > height + 8;
  element.style.left = `${Math.max(8, Math.min(left, maxLeft)) + window.scrollX}px`;
  element.style.top = `${(isAbove ? top - height - 4 : bottom + 4) + window.scrollY}px`;
}

function hideDetails() {
  clearTimeout(hideTimer);
  details.hidden = true;
}

function hideDetailsSoon() {
  clearTimeout(hideTimer);
  hideTimer = setTimeout(hideDetails, HIDE_DELAY);
}

function addDetails() {
  const { width, height, columns, png } = source.pictures;
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  const style = document.documentElement.style;
  style.setProperty("--sprites", `url(${url})`);
  style.setProperty("--sprite-columns", columns);
  style.setProperty("--sprite-ratio", height / width);
  details.addEventListener("pointerenter", () => clearTimeout(hideTimer));
  details.addEventListener("pointerleave", hideDetailsSoon);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hideDetails());
  document.body.append(details);
}

// The confusion matrix: a cell opens its digits.

function addConfusion(container, getMethod) {
  const table = container.closest("section").querySelector("table.confusion");
  const title = h("h3");
  const note = h("p");
  const gallery = h("div");
  const panel = h("div", { id: "cell", class: "cell", hidden: true }, h("div", { role: "status" }, title), note, gallery);
  const hint = h("p", { class: "hint" }, "Choose a cell to see its digits; the arrow keys move between cells.");
  container.replaceChildren(hint, panel);
  addArrowKeys(table);

  const close = () => {
    panel.hidden = true;
    table.querySelector("[aria-expanded=true]")?.setAttribute("aria-expanded", "false");
    hideDetails();
  };
  const open = (button, label, prediction, count) => {
    const wasOpen = button.getAttribute("aria-expanded") === "true";
    close();
    if (wasOpen) return;
    const rows = picturedRowsOfCell(getMethod(), label, prediction);
    button.setAttribute("aria-expanded", "true");
    panel.hidden = false;
    title.textContent = cellTitle(label, prediction, count);
    note.textContent = cellNote(rows.length, count, label === prediction);
    showGallery(gallery, getMethod(), rows);
    panel.scrollIntoView({ block: "nearest" });
  };
  const fill = () => {
    close();
    const { confusion } = getMethod();
    const largest = Math.max(1, ...confusion.flatMap((row, i) => row.filter((_, j) => i !== j)));
    for (const [label, row] of confusion.entries()) {
      for (const [prediction, count] of row.entries()) {
        const cell = table.tBodies[0].rows[label].cells[prediction + 1];
        fillCell(cell, count, label === prediction, largest, (button) => open(button, label, prediction, count));
        cell.title = count ? cellTitle(label, prediction, count) : "";
        cell.querySelector("button")?.setAttribute("aria-label", cell.title);
      }
    }
    const buttons = [...table.querySelectorAll("button")];
    setTabStop(buttons, buttons[0]);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    const button = table.querySelector("[aria-expanded=true]");
    if (panel.contains(document.activeElement)) button.focus();
    close();
  });
  fill();
  return fill;
}

function fillCell(cell, count, isCorrect, largest, open) {
  cell.className = count === 0 ? "none" : isCorrect ? "correct" : "mistake";
  cell.style.setProperty("--share", Math.sqrt(count / largest).toFixed(3));
  const text = cell.closest("table").classList.contains("dense") ? "" : String(count);
  if (count === 0) {
    cell.replaceChildren();
    return;
  }
  const button = h("button", { type: "button", "aria-expanded": "false", "aria-controls": "cell" }, text);
  button.addEventListener("click", () => open(button));
  cell.replaceChildren(button);
}

function cellTitle(label, prediction, count) {
  const digits = `${format(count)} ${count === 1 ? "digit" : "digits"}`;
  if (label === prediction) return `${classes[label]} predicted correctly: ${digits}`;
  return `${classes[label]} predicted as ${classes[prediction]}: ${digits}`;
}

function cellNote(shown, count, isCorrect) {
  if (shown === count) return isCorrect ? "Lowest confidence first." : "Highest confidence first.";
  const order = isCorrect ? "the lowest" : "the highest";
  return `This file has pictures of ${format(shown)} of them, with ${order} confidence; ${format(count - shown)} are left out.`;
}

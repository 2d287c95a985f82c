// Connects the parts. Without this script the page shows the same results as tables and pictures.

let method = methods[0];
const refill = [];

function addMethodSelect(container) {
  if (methods.length < 2) return;
  const options = methods.map((each, i) => [i, each.name]);
  const { select, field } = labelledSelect("Method", options, () => {
    method = methods[Number(select.value)];
    for (const other of document.querySelectorAll("select.method")) other.value = select.value;
    for (const each of refill) each();
  });
  select.className = "method";
  container.closest("section").querySelector("h2").after(h("div", { class: "controls" }, field));
}

function addDownload(container) {
  const download = () => {
    const url = URL.createObjectURL(new Blob([toCsv()], { type: "text/csv" }));
    h("a", { href: url, download: source.csv_file }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // ms; the browser has read it by then
  };
  const title = `Download ${source.csv_file} (${format(rowCount)} rows)`;
  container.replaceChildren(h("button", { type: "button", class: "plain", onclick: download }, title));
}

addDetails();
for (const container of document.querySelectorAll("[data-live]")) {
  if (container.dataset.live === "download") {
    addDownload(container);
  } else {
    const add = container.dataset.live === "confusion" ? addConfusion : addErrors;
    refill.push(add(container, () => method));
    addMethodSelect(container);
  }
}
document.documentElement.dataset.live = "yes";

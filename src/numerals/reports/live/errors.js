// The list of misclassified digits, filtered by label, prediction, writer and confidence.

function addErrors(container, getMethod) {
  const count = h("p", { role: "status" });
  const gallery = h("div");
  const filters = { label: "", prediction: "", writer: "" };
  let minConfidence = 0;
  const controls = h("div", { class: "controls" });

  const update = () => {
    const method = getMethod();
    const wrong = misclassifiedRows(method);
    const chosen = wrong.filter((row) => matches(method, row, filters, minConfidence));
    const pictured = chosen.filter((row) => pictureOf.has(row));
    count.textContent = describe(chosen.length, wrong.length, pictured.length, countErrors(method));
    showGallery(gallery, method, pictured);
  };
  const build = () => {
    const method = getMethod();
    const wrong = misclassifiedRows(method);
    const select = (title, key, values, names) => {
      const { select: element, field } = labelledSelect(title, countedOptions(wrong, values, names), () => {
        filters[key] = element.value;
        update();
      });
      filters[key] = "";
      return field;
    };
    const name = (value) => classes[value];
    controls.replaceChildren(
      select("Label", "label", (row) => labels[row], name),
      select("Prediction", "prediction", (row) => method.predictions[row], name),
      ...(writers ? [select("Writer", "writer", (row) => writers[row], String)] : []),
      confidenceField(minConfidence, (value) => {
        minConfidence = value;
        update();
      }),
    );
    update();
  };
  container.replaceChildren(controls, count, gallery);
  build();
  return build;
}

function describe(chosen, embedded, pictured, all) {
  const text = `${format(chosen)} of ${format(embedded)} errors, highest confidence first.`;
  const missing = chosen > pictured ? ` ${format(chosen - pictured)} of them have no picture in this file.` : "";
  const rest = all > embedded ? ` ${format(all - embedded)} further errors are not in this file.` : "";
  return text + missing + rest;
}

function countErrors({ confusion }) {
  return confusion.flatMap((row, i) => row.filter((_, j) => i !== j)).reduce((a, b) => a + b, 0);
}

function matches(method, row, { label, prediction, writer }, minConfidence) {
  return (
    (label === "" || labels[row] === Number(label)) &&
    (prediction === "" || method.predictions[row] === Number(prediction)) &&
    (writer === "" || writers[row] === Number(writer)) &&
    method.confidences[row] >= minConfidence
  );
}

/** Return [value, text] pairs of a select: all values with their number of rows. */
function countedOptions(rows, valueOf, name) {
  const counts = new Map();
  for (const row of rows) counts.set(valueOf(row), (counts.get(valueOf(row)) ?? 0) + 1);
  const values = [...counts.keys()].sort((a, b) => a - b);
  return [["", "any"], ...values.map((value) => [value, `${name(value)} (${format(counts.get(value))})`])];
}

function confidenceField(value, onchange) {
  const output = h("b", {}, value.toFixed(2)); // the label of an <output> would not label the slider
  const slider = h("input", { type: "range", min: 0, max: 1, step: 0.01, value });
  slider.addEventListener("input", () => {
    output.textContent = Number(slider.value).toFixed(2);
    onchange(Number(slider.value));
  });
  return h("label", { class: "wide" }, h("span", {}, "Minimum confidence ", output), slider);
}

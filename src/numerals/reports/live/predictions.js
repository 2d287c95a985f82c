// The embedded predictions: arrays with a value per row, where a row is a digit.

const source = JSON.parse(document.getElementById("report-data").textContent);
const classes = source.classes;
const { indices, labels, writers } = decodeColumns(source);
const methods = source.methods.map((method) => ({ ...method, ...decodeColumns(method) }));
const rowCount = labels.length;
const pictureOf = new Map(Array.from(decode(source.pictures.rows), (row, place) => [row, place]));

function decode({ type, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new { u1: Uint8Array, u2: Uint16Array, i4: Int32Array, f4: Float32Array }[type](bytes.buffer);
}

function decodeColumns({ columns }) {
  return Object.fromEntries(Object.entries(columns).map(([name, packed]) => [name, decode(packed)]));
}

/** Return the rows that a method misclassifies, highest confidence first. */
function misclassifiedRows(method) {
  const rows = [];
  for (let row = 0; row < rowCount; row += 1) {
    if (method.predictions[row] !== labels[row]) rows.push(row);
  }
  return rows.sort((a, b) => method.confidences[b] - method.confidences[a]);
}

/** Return the rows of a cell that have pictures: errors as above, correct ones least confident first. */
function picturedRowsOfCell(method, label, prediction) {
  const rows = [...pictureOf.keys()].filter(
    (row) => labels[row] === label && method.predictions[row] === prediction,
  );
  const sign = label === prediction ? -1 : 1;
  return rows.sort((a, b) => sign * (method.confidences[b] - method.confidences[a]));
}

/** Return the index of a row in the data set. */
function indexOf(row) {
  return indices ? indices[row] : row;
}

/** Return the most probable classes of a row as [name, probability], or none if not embedded. */
function topClasses(method, row, count) {
  if (!method.proba) return [];
  const proba = method.proba.subarray(row * classes.length, (row + 1) * classes.length);
  return Array.from(proba, (p, column) => [classes[column], p])
    .sort((a, b) => b[1] - a[1])
    .slice(0, count);
}

/** Format all predictions as CSV. The names of classes and columns are already safe for spreadsheets. */
function toCsv() {
  const lines = [source.csv_head];
  for (let row = 0; row < rowCount; row += 1) {
    const cells = [indexOf(row), source.csv_classes[labels[row]]];
    if (writers) cells.push(writers[row]);
    for (const method of methods) {
      cells.push(source.csv_classes[method.predictions[row]], method.confidences[row].toFixed(6));
      for (let column = 0; method.proba && column < classes.length; column += 1) {
        cells.push(method.proba[row * classes.length + column].toFixed(6));
      }
    }
    lines.push(cells);
  }
  return `${lines.map((cells) => cells.map(quote).join(",")).join("\n")}\n`;
}

function quote(cell) {
  const text = String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// @ts-check
// The form that is being designed: plain values, and functions that return changed copies.

import { rosterOfPattern } from "./roster.js";

/** @typedef {import("../types.js").Box} Box */

/**
 * @typedef {object} Field
 * @property {string} id within this page
 * @property {string} name
 * @property {Box} box left, top, right, bottom, pixels of the form
 * @property {number} cells 0 for a box without printed cells
 * @property {string} format spec of a number format; empty for any number, and with a roster
 * @property {string[] | null} roster the numbers that the field may have
 * @property {boolean} required
 * @property {StackRule} stack
 */

/**
 * @typedef {object} StackRule what a field must be among the sheets of a stack
 * @property {boolean} [unique] each value occurs once
 * @property {"previous form"} [after] not smaller than on the sheet before
 * @property {boolean} [strict] larger than on the sheet before
 * @property {string} [max_step]
 * @property {string} [start]
 */

/**
 * @typedef {object} Rule
 * @property {"sum" | "order"} kind "sum": the last field is the sum of the others
 * @property {string[]} ids of fields
 */

/**
 * @typedef {object} Suggestion
 * @property {string} id
 * @property {Box} box
 * @property {number} cells
 * @property {"box" | "comb" | "cell" | "line"} kind
 * @property {number} [table]
 * @property {number} [row]
 * @property {number} [column]
 * @property {string} [label] what is printed beside it, if that is known
 */

/**
 * @typedef {object} Form
 * @property {number} width pixels
 * @property {number} height
 * @property {boolean} filled whether the picture shows a filled-in form
 * @property {string | null} decimal
 * @property {Field[]} fields in the order of the columns
 * @property {Rule[]} rules
 * @property {Suggestion[]} suggestions that were not accepted
 */

let nIds = 0;
const newId = () => `e${(nIds += 1)}`;

export const MIN_SIDE = 8; // pixels of a box
const DEFAULT_NAME = /^f\d+$/;

/**
 * @param {{width: number, height: number, filled: boolean, boxes: Omit<Suggestion, "id">[]}} detected
 * @returns {Form}
 */
export function formFromSuggestions({ width, height, filled, boxes }) {
  const suggestions = boxes.map((box) => ({ ...box, id: newId() }));
  return { width, height, filled, decimal: null, fields: [], rules: [], suggestions };
}

/** @param {any} template as GET /v1/templates/{name} returns it @returns {Form} */
export function formFromTemplate(template) {
  /** @type {Field[]} */
  const fields = template.fields.map((/** @type {any} */ each) => {
    const { name, box, cells, required, format, roster, ...stack } = each;
    const values = roster ?? rosterOfPattern(format ?? "");
    return { id: newId(), name, box, cells, required, format: values ? "" : (format ?? ""), roster: values, stack };
  });
  const idOf = new Map(fields.map(({ id, name }) => [name, id]));
  const toIds = (/** @type {string[]} */ names) => names.map((name) => /** @type {string} */ (idOf.get(name)));
  /** @type {Rule[]} */
  const rules = template.relations.map((/** @type {any} */ each) =>
    each.sum
      ? { kind: "sum", ids: toIds([...each.sum, each.equals]) }
      : { kind: "order", ids: toIds(each.less_or_equal) },
  );
  const { width, height, filled, decimal } = template;
  return { width, height, filled, decimal, fields, rules, suggestions: [] };
}

/** Return the form as PUT /v1/templates/{name} takes it. @param {Form} form */
export function toTemplate({ fields, rules, filled, decimal }) {
  const nameOf = new Map(fields.map(({ id, name }) => [id, name.trim()]));
  const toNames = (/** @type {string[]} */ ids) => ids.map((id) => nameOf.get(id));
  return {
    filled,
    decimal,
    fields: fields.map(({ name, box, cells, format, roster, required, stack }) => ({
      ...stack,
      name: name.trim(),
      box,
      cells,
      format: format || null,
      roster,
      required,
    })),
    relations: rules.map(({ kind, ids }) =>
      kind === "sum"
        ? { sum: toNames(ids.slice(0, -1)), equals: nameOf.get(ids[ids.length - 1]) }
        : { less_or_equal: toNames(ids) },
    ),
  };
}

/** @param {Form} form @param {string} id */
export const fieldOf = (form, id) => form.fields.find((each) => each.id === id);

/** @param {Form} form @param {string} id @param {Partial<Field>} changes @returns {Form} */
export function changeField(form, id, changes) {
  return { ...form, fields: form.fields.map((each) => (each.id === id ? { ...each, ...changes } : each)) };
}

/**
 * Make fields of suggestions.
 * @param {Form} form @param {string[]} ids
 * @returns {Form}
 */
export function acceptSuggestions(form, ids) {
  let changed = { ...form, suggestions: form.suggestions.filter(({ id }) => !ids.includes(id)) };
  for (const { id, box, cells, label } of form.suggestions.filter((each) => ids.includes(each.id))) {
    const isFree = label && !changed.fields.some(({ name }) => name === label);
    const name = isFree ? label : freeName(changed);
    changed = insertField(changed, { id, name, box, cells, format: "", roster: null, required: false, stack: {} });
  }
  return changed;
}

/** @param {Form} form @param {Box} box @returns {{form: Form, id: string}} */
export function addField(form, box) {
  const id = newId();
  const field = { id, name: freeName(form), box: keepInside(box, form), cells: 0, format: "", roster: null, required: false, stack: {} };
  return { form: insertField(form, field), id };
}

/** Remove a field, and the rules that name it. @param {Form} form @param {string} id @returns {Form} */
export function removeField(form, id) {
  return {
    ...form,
    fields: form.fields.filter((each) => each.id !== id),
    rules: form.rules.filter(({ ids }) => !ids.includes(id)),
    suggestions: form.suggestions.filter((each) => each.id !== id),
  };
}

/** Insert a field in reading order. @param {Form} form @param {Field} field @returns {Form} */
function insertField(form, field) {
  const height = field.box[3] - field.box[1];
  const isAfter = (/** @type {Field} */ { box }) =>
    Math.abs(box[1] - field.box[1]) < height / 2 ? box[0] > field.box[0] : box[1] > field.box[1];
  const at = form.fields.findIndex(isAfter);
  const fields = [...form.fields];
  fields.splice(at < 0 ? fields.length : at, 0, field);
  return { ...form, fields };
}

/** @param {Form} form */
function freeName({ fields }) {
  const names = new Set(fields.map(({ name }) => name));
  for (let i = fields.length + 1; ; i += 1) if (!names.has(`f${i}`)) return `f${i}`;
}

/** Return the name that follows another one, such as Q2 after Q1; empty if none does. @param {string} name */
export function nextName(name) {
  const [, stem, digits] = /^(.*?)(\d+)$/.exec(name) ?? [];
  if (digits === undefined || DEFAULT_NAME.test(name)) return "";
  return `${stem}${String(Number(digits) + 1).padStart(digits.length, "0")}`;
}

/** @param {string} name */
export const isDefaultName = (name) => DEFAULT_NAME.test(name);

/** Return a box with whole pixels, ordered sides and a minimum size, inside the form. */
export function keepInside(/** @type {Box} */ box, /** @type {{width: number, height: number}} */ { width, height }) {
  const span = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ end) => {
    const low = Math.max(0, Math.min(Math.round(Math.min(a, b)), end - MIN_SIDE));
    return [low, Math.min(end, Math.max(Math.round(Math.max(a, b)), low + MIN_SIDE))];
  };
  const [[left, right], [top, bottom]] = [span(box[0], box[2], width), span(box[1], box[3], height)];
  return /** @type {Box} */ ([left, top, right, bottom]);
}

/** Move a box without changing its size, as far as the form reaches. */
export function moveBox(/** @type {Box} */ box, /** @type {number} */ dx, /** @type {number} */ dy, /** @type {Form} */ form) {
  const [x, y] = [
    Math.max(-box[0], Math.min(dx, form.width - box[2])),
    Math.max(-box[1], Math.min(dy, form.height - box[3])),
  ];
  return /** @type {Box} */ ([box[0] + x, box[1] + y, box[2] + x, box[3] + y]);
}

/** Return what is wrong with the fields, by id. @param {Form} form @returns {Map<string, string>} */
export function findProblems({ fields }) {
  const problems = new Map();
  const reserved = ["file", "doubtful", "error"];
  for (const { id, name, roster } of fields) {
    const text = name.trim();
    if (!text) problems.set(id, "Give this field a name.");
    else if (reserved.includes(text)) problems.set(id, `“${text}” is a column of the results; choose another name.`);
    else if (fields.some((each) => each.id !== id && each.name.trim() === text)) {
      problems.set(id, `Two fields are named “${text}”.`);
    } else if (roster && !roster.length) problems.set(id, "Enter the numbers of the list.");
  }
  return problems;
}

/** Return a rule in words. @param {Rule} rule @param {Form} form */
export function describeRule({ kind, ids }, form) {
  const names = ids.map((id) => fieldOf(form, id)?.name.trim() || "?");
  if (kind === "sum") return `${names.slice(0, -1).join(" + ")} = ${names[names.length - 1]}`;
  return names.join(" ≤ ");
}

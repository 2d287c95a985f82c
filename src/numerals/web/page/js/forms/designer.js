// @ts-check
// The designer: the picture of a form with its boxes, and beside it the settings of its fields.

import { saveFile } from "../clipboard.js";
import { askInDialog } from "../dialogs.js";
import { h, icon } from "../dom.js";
import { notify, runWithNotice } from "../notices.js";
import { makeCrop } from "./crop.js";
import { makeFieldEditor } from "./field-editor.js";
import { makeFieldList } from "./field-list.js";
import { makeHistory } from "./history.js";
import { acceptSuggestions, addField, changeField, fieldOf, findProblems, isDefaultName, nextName, removeField, toTemplate } from "./model.js";
import { makeRulesEditor } from "./rules-editor.js";
import { deleteForm, formArchive, listForms, saveForm } from "./service.js";
import { makeSheet } from "./sheet.js";
import { makeTrial } from "./trial.js";

/** @typedef {import("./model.js").Form} Form */

/**
 * @typedef {object} Opened
 * @property {Form} form
 * @property {string} name of the form; a proposal if it was not saved
 * @property {string} savedName empty if it was not saved
 * @property {string | null} pictureId of a picture that was not saved
 * @property {Blob} picture
 * @property {boolean} isSample
 * @property {(() => void) | null} onTurn turns a new form by 90 degrees
 * @property {{count: number, page: number, onChoose: (page: number) => void} | null} pages of a new document
 */

const ZOOMS = [1, 1.5, 2, 3];
const SMALL_SCREEN = matchMedia("(max-width: 60rem)");

/** @param {Opened} opened @param {{onClose: () => void, onSaved: (name: string) => void}} events */
export function makeDesigner(opened, { onClose, onSaved }) {
  const history = makeHistory(opened.form, () => refresh());
  const form = () => history.current;
  let { savedName, pictureId } = opened;
  let savedVersion = savedName ? opened.form : null;
  let selected = "";
  let zoom = 0;
  let isDrawing = false;
  /** @type {ReturnType<typeof makeFieldEditor> | null} */
  let editor = null;

  const url = URL.createObjectURL(opened.picture);
  const picture = h("img", { src: url, alt: "The form", width: form().width, height: form().height, draggable: "false" });
  const sheetElement = h("div", { class: "form-sheet" }, picture);
  const scroll = h("div", { id: "form-scroll", class: "form-scroll", tabindex: 0, role: "region", "aria-label": "Picture of the form" }, sheetElement);
  const sheet = makeSheet(sheetElement, {
    onAccept: (id) => {
      history.add(acceptSuggestions(form(), [id]));
      select(id, { focusName: true });
    },
    onSelect: (id) => select(id, { focusName: false }),
    onChange: (id, box, topic) => history.add(changeField(form(), id, { box }), topic),
    onDraw: add,
    onRemove: remove,
  });

  const notice = h("p", { class: "notice", role: "alert", hidden: true });
  const status = h("span", { class: "small save-state", role: "status" });
  const nameInput = h("input", { id: "form-name", maxlength: 80, autocomplete: "off", spellcheck: "false" });
  nameInput.value = opened.name;
  nameInput.addEventListener("input", () => showState());
  const undo = h("button", { type: "button", onclick: () => history.undo() }, icon("undo"), "Undo ", h("kbd", {}, "Ctrl Z"));
  const redo = h("button", { type: "button", class: "for-desktop", onclick: () => history.redo() }, "Redo");
  const draw = h("button", { type: "button", "aria-pressed": "false", onclick: toggleDrawing }, icon("add"), "Draw a box");
  const smaller = h("button", { type: "button", class: "for-desktop", "aria-label": "Smaller picture", onclick: () => setZoom(zoom - 1) }, "−");
  const larger = h("button", { type: "button", class: "for-desktop", "aria-label": "Larger picture", onclick: () => setZoom(zoom + 1) }, "+");
  const acceptAll = h("button", { type: "button", class: "primary", onclick: useAll });
  const hint = h("p", { class: "small" });
  const crop = makeCrop();
  const editorPlace = h("div", { class: "editor-place card", hidden: true });
  const list = makeFieldList((id) => select(id, { focusName: !SMALL_SCREEN.matches }));
  const rules = makeRulesEditor(form, (changed) => history.add(changed), () => selected);
  const filled = h("input", { type: "checkbox" });
  filled.addEventListener("change", () => history.add({ ...form(), filled: filled.checked }));
  const decimal = h(
    "select",
    {},
    [["", "both are possible"], [",", "a comma: 12,50"], [".", "a point: 12.50"]].map(([value, text]) => h("option", { value }, text)),
  );
  decimal.addEventListener("change", () => history.add({ ...form(), decimal: decimal.value || null }));

  const trial = makeTrial({ save, getForm: form, isSample: opened.isSample, onBack: () => showTrial(false) });
  const work = h(
    "div",
    { class: "designer" },
    h("div", { class: "designer-picture" }, h("div", { class: "toolbar tight" }, undo, redo, draw, smaller, larger, makePageChooser(), makeTurn()), scroll, makeKeyHelp()),
    h(
      "div",
      { class: "designer-panel" },
      hint,
      acceptAll,
      editorPlace,
      h("section", {}, h("h2", {}, "Fields"), list.element),
      rules.element,
      h(
        "details",
        { class: "panel" },
        h("summary", {}, "About this form"),
        h("label", { class: "switch" }, filled, h("span", {}, "The picture shows a filled-in form")),
        h("label", { class: "stacked" }, "Decimals are written with", decimal),
      ),
    ),
  );
  const element = h(
    "div",
    { class: "designer-screen" },
    h(
      "div",
      { class: "designer-head" },
      h("button", { type: "button", class: "quiet", "aria-label": "All forms", onclick: onClose }, icon("back")),
      h("label", { class: "form-name" }, h("span", {}, "Name of the form"), nameInput),
      status,
      h(
        "div",
        { class: "toolbar tight" },
        h("button", { type: "button", onclick: () => showTrial(true) }, "Try on a filled sheet"),
        h("button", { type: "button", class: "for-desktop", onclick: download }, icon("download"), "Download"),
        h("button", { type: "button", class: "primary", onclick: () => save() }, "Save"),
      ),
    ),
    notice,
    work,
    trial.element,
  );
  picture.addEventListener("load", () => refresh());

  function makePageChooser() {
    const pages = opened.pages;
    if (!pages || pages.count < 2) return null;
    const chooser = h("select", {}, Array.from({ length: pages.count }, (_, i) => h("option", { value: i + 1 }, `Page ${i + 1}`)));
    chooser.value = String(pages.page);
    chooser.addEventListener("change", () => pages.onChoose(Number(chooser.value)));
    return h("label", { class: "inline" }, h("span", { class: "visually-hidden" }, "Page of the document"), chooser);
  }

  function makeTurn() {
    if (!opened.onTurn) return null;
    return h("button", { type: "button", onclick: opened.onTurn }, icon("again"), "Turn the picture");
  }

  function makeKeyHelp() {
    return h(
      "p",
      { class: "small keys" },
      "Click a dashed box to use it. Drag a box or its corners to fix it, or drag over the picture to draw a new one. Arrow keys move the selected box, with Ctrl they change its size; Delete removes it.",
    );
  }

  /** @param {string} id @param {{focusName: boolean}} options */
  function select(id, { focusName }) {
    selected = id;
    const field = fieldOf(form(), id);
    editor = field
      ? makeFieldEditor(form, id, { onEdit: (changed, topic) => history.add(changed, topic), onNext: selectNext, onRemove: remove })
      : null;
    editorPlace.hidden = !editor;
    editorPlace.replaceChildren(
      ...(editor
        ? [
            crop.canvas,
            editor.element,
            h(
              "div",
              { class: "toolbar" },
              h("button", { type: "button", onclick: () => selectNext(id) }, "Next ", h("kbd", {}, "Enter")),
              h("button", { type: "button", onclick: () => remove(id) }, icon("trash"), "Remove"),
            ),
          ]
        : []),
    );
    refresh();
    if (editor && focusName) {
      editor.name.focus({ preventScroll: SMALL_SCREEN.matches });
      editor.name.select();
      if (SMALL_SCREEN.matches) editorPlace.scrollIntoView({ block: "center" });
    } else if (id) {
      sheet.focus(id);
      if (SMALL_SCREEN.matches) editorPlace.scrollIntoView({ block: "nearest" });
    }
    if (id && !SMALL_SCREEN.matches) sheet.reveal(id);
  }

  /** Select the next field; after the last one, the first suggestion becomes a field. @param {string} id */
  function selectNext(id) {
    const { fields, suggestions } = form();
    const at = fields.findIndex((each) => each.id === id);
    const following = fields[at + 1];
    if (following) {
      const proposal = nextName(fields[at].name);
      if (proposal && isDefaultName(following.name) && !fields.some(({ name }) => name === proposal)) {
        history.add(changeField(form(), following.id, { name: proposal }));
      }
      select(following.id, { focusName: true });
    } else if (suggestions.length) {
      history.add(acceptSuggestions(form(), [suggestions[0].id]));
      select(suggestions[0].id, { focusName: true });
    } else select("", { focusName: false });
  }

  function useAll() {
    const { suggestions } = form();
    history.add(acceptSuggestions(form(), suggestions.map(({ id }) => id)));
    select(form().fields[0].id, { focusName: true });
  }

  /** @param {import("../types.js").Box} box */
  function add(box) {
    const added = addField(form(), box);
    history.add(added.form);
    setDrawing(false);
    select(added.id, { focusName: true });
  }

  /** @param {string} id */
  function remove(id) {
    history.add(removeField(form(), id));
    select("", { focusName: false });
    scroll.focus({ preventScroll: true });
  }

  function toggleDrawing(/** @type {MouseEvent} */ event) {
    if (event.detail === 0 && !isDrawing) add(sheet.middle()); // by keyboard
    else setDrawing(!isDrawing);
  }

  function setDrawing(/** @type {boolean} */ isOn) {
    isDrawing = isOn;
    sheet.setDrawing(isOn);
    draw.setAttribute("aria-pressed", String(isOn));
  }

  function setZoom(/** @type {number} */ to) {
    zoom = Math.max(0, Math.min(ZOOMS.length - 1, to));
    sheetElement.style.setProperty("width", `${100 * ZOOMS[zoom]}%`);
    refresh();
    if (selected) sheet.reveal(selected);
  }

  const isDirty = () => form() !== savedVersion || nameInput.value.trim() !== savedName;

  function showState() {
    status.textContent = isDirty() ? "Not saved" : "Saved";
  }

  function refresh() {
    const problems = findProblems(form());
    if (selected && !fieldOf(form(), selected)) return select("", { focusName: false });
    sheet.show({ form: form(), selected, problems });
    list.show(form(), selected, problems);
    rules.refresh();
    editor?.refresh(problems);
    const field = fieldOf(form(), selected);
    if (field) crop.show(picture, form(), field.box);
    undo.disabled = !history.canUndo;
    redo.disabled = !history.canRedo;
    smaller.disabled = zoom === 0;
    larger.disabled = zoom === ZOOMS.length - 1;
    const { suggestions, fields } = form();
    acceptAll.hidden = !suggestions.length;
    acceptAll.textContent = suggestions.length === 1 ? "Use the suggested box" : `Use all ${suggestions.length} suggested boxes`;
    hint.textContent = describeProgress(fields.length, suggestions.length);
    filled.checked = form().filled;
    decimal.value = form().decimal ?? "";
    showState();
    return undefined;
  }

  /** Save the form if it changed; resolves to its name, or null if it cannot be saved. */
  async function save() {
    const name = nameInput.value.trim();
    if (!isDirty() && savedName) return savedName;
    const problem = findSaveProblem(name);
    if (problem) {
      notify(notice, problem);
      notice.scrollIntoView({ block: "nearest" });
      return null;
    }
    const version = form();
    const isSaved = await runWithNotice(notice, async () => {
      const isTaken = name !== savedName && (await listForms()).some((each) => each.name === name);
      if (isTaken && !(await confirmReplacement(name))) return false;
      await saveForm(name, toTemplate(version), pictureFor(name));
      if (savedName && name !== savedName) await deleteForm(savedName);
      return true;
    });
    if (!isSaved) return null;
    [savedName, savedVersion, pictureId] = [name, version, null];
    showState();
    onSaved(name);
    return name;
  }

  /** @param {string} name */
  function pictureFor(name) {
    if (pictureId) return { picture_id: pictureId };
    return name === savedName ? {} : { picture_of: savedName }; // the form is renamed
  }

  /** @param {string} name */
  function findSaveProblem(name) {
    const problems = findProblems(form());
    if (!name) return "Give the form a name.";
    if (!form().fields.length) return "Use at least one box first.";
    const [id] = problems.keys();
    if (id === undefined) return "";
    select(id, { focusName: true });
    return problems.get(id) ?? "";
  }

  async function download() {
    const name = await save();
    if (name === null) return;
    await runWithNotice(notice, async () => saveFile(`${name}.zip`, "application/zip", await formArchive(name)));
  }

  function showTrial(/** @type {boolean} */ isOn) {
    work.hidden = isOn;
    if (isOn) trial.open();
    else {
      trial.close();
      refresh();
    }
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.target instanceof Element && event.target.closest("dialog")) return;
    const key = event.key.toLowerCase();
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && key === "z" && event.shiftKey) history.redo();
    else if (isCommand && key === "z") history.undo();
    else if (isCommand && key === "y") history.redo();
    else if (isCommand && key === "s") save();
    else if (key === "escape" && isDrawing) setDrawing(false);
    else return;
    event.preventDefault();
  }

  /** @param {BeforeUnloadEvent} event */
  function onUnload(event) {
    if (isDirty() && history.canUndo) event.preventDefault();
  }

  refresh();
  return {
    element,
    isDirty: () => isDirty() && history.canUndo,
    enter() {
      document.addEventListener("keydown", onKey);
      window.addEventListener("beforeunload", onUnload);
    },
    leave() {
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("beforeunload", onUnload);
    },
    close: () => URL.revokeObjectURL(url),
  };
}

/** @param {string} name */
const confirmReplacement = (name) =>
  askInDialog({
    title: `Replace “${name}”?`,
    content: [h("p", {}, "There is another form with this name. It will be replaced.")],
    action: "Replace",
    isDangerous: true,
  });

/** @param {number} nFields @param {number} nSuggestions */
function describeProgress(nFields, nSuggestions) {
  if (nSuggestions) return `${nSuggestions} boxes were found on the form and are outlined with dashes. Click those to use, or use them all and remove what is too much.`;
  if (!nFields) return "No boxes were found. Draw them: drag over the picture.";
  return "Give each field a name: it becomes a column of the results. Enter goes to the next field.";
}

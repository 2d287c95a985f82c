// @ts-check
// Forms: the list of forms, and the designer of the one that the address names.

import { askInDialog } from "../dialogs.js";
import { $, h } from "../dom.js";
import { runWithNotice } from "../notices.js";
import { makeDesigner } from "./designer.js";
import { makeList } from "./list.js";
import { formFromSuggestions, formFromTemplate } from "./model.js";
import { detectBoxes, draftPicture, formPicture, getForm, samplePicture } from "./service.js";

const section = $("#forms");
const list = makeList({ onFile: openFile, onSample: openSample });
/** @type {ReturnType<typeof makeDesigner> | null} */
let designer = null;
let openName = ""; // of the form in the designer; empty for a new one
let isSetUp = false;
/** @type {HTMLElement | null} */
let focusedAtSave = null;

/** @param {string} argument name of a form */
export async function enter(argument) {
  if (!isSetUp) setUp();
  const name = decode(argument);
  if (designer && (name === openName || (!name && designer.isDirty()))) return showDesigner();
  if (name) return openSaved(name);
  return showList();
}

export function leave() {
  designer?.leave();
}

function setUp() {
  isSetUp = true;
  section.addEventListener("dragover", (event) => {
    event.preventDefault();
    list.drop.classList.add("over");
  });
  section.addEventListener("dragleave", () => list.drop.classList.remove("over"));
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    list.drop.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (file && !designer) openFile(file);
  });
  document.addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    if (file && !section.hidden && !designer) openFile(file);
  });
}

async function showList() {
  designer?.leave();
  designer?.close();
  [designer, openName] = [null, ""];
  section.replaceChildren(list.element);
  await list.load();
}

function showDesigner() {
  if (!designer) return;
  designer.enter();
  if (section.contains(designer.element)) {
    focusedAtSave?.focus({ preventScroll: true }); // only the address has changed
    return;
  }
  section.replaceChildren(h("h1", { id: "forms-title", class: "visually-hidden" }, "Form"), designer.element);
}

/** @param {string} name */
async function openSaved(name) {
  if (!section.firstChild) section.replaceChildren(list.element);
  const opened = await runWithNotice(list.notice, async () => {
    const [template, picture] = await Promise.all([getForm(name), formPicture(name)]);
    return { template, picture };
  });
  if (!opened) {
    section.replaceChildren(list.element);
    return list.load();
  }
  return open({
    form: formFromTemplate(opened.template),
    name,
    savedName: name,
    pictureId: null,
    picture: opened.picture,
    isSample: name === "ferry-sheet",
    onTurn: null,
    pages: null,
  });
}

/** @param {File} file */
function openFile(file) {
  return openNew(file, file.name, { isSample: false });
}

async function openSample() {
  const picture = await runWithNotice(list.notice, () => samplePicture("blank-form.png"));
  if (picture) await openNew(picture, "Ferry sheet.png", { isSample: true });
}

/** @param {Blob} file @param {string} fileName @param {{isSample: boolean, page?: number, turn?: number}} options */
async function openNew(file, fileName, options) {
  const { isSample, page = 1, turn } = options;
  list.status.textContent = "Looking for boxes …";
  const found = await runWithNotice(list.notice, async () => {
    const detected = await detectBoxes(file, fileName, { page, ...(turn === undefined ? {} : { turn: String(turn) }) });
    return { detected, picture: await draftPicture(detected.picture_id) };
  });
  list.status.textContent = "";
  if (!found) return;
  const { detected, picture } = found;
  await open({
    form: formFromSuggestions(detected),
    name: fileName.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N} ()_-]+/gu, " ").trim().slice(0, 80),
    savedName: "",
    pictureId: detected.picture_id,
    picture,
    isSample,
    onTurn: () => reopen(file, fileName, { ...options, page, turn: ((turn ?? 0) + 90) % 360 }),
    pages: { count: detected.pages, page, onChoose: (chosen) => reopen(file, fileName, { ...options, page: chosen }) },
  });
}

/** Open a new form again in another way, unless work would be lost. */
async function reopen(/** @type {Blob} */ file, /** @type {string} */ fileName, /** @type {{isSample: boolean, page?: number, turn?: number}} */ options) {
  if (designer?.isDirty() && !(await confirmLoss())) return;
  await openNew(file, fileName, options);
}

/** @param {import("./designer.js").Opened} opened */
async function open(opened) {
  designer?.leave();
  designer?.close();
  designer = makeDesigner(opened, { onClose: close, onSaved });
  openName = opened.savedName;
  showDesigner();
}

async function close() {
  if (designer?.isDirty() && !(await confirmLoss())) return;
  designer?.leave();
  designer = null;
  if (location.hash === "#forms") await showList();
  else location.hash = "#forms";
}

/** @param {string} name */
function onSaved(name) {
  openName = name;
  focusedAtSave = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  location.hash = `#forms/${encodeURIComponent(name)}`;
}

const confirmLoss = () =>
  askInDialog({
    title: "Leave without saving?",
    content: [h("p", {}, "Your changes to this form are lost.")],
    action: "Leave",
    isDangerous: true,
  });

/** @param {string} argument */
function decode(argument) {
  try {
    return decodeURIComponent(argument);
  } catch {
    return argument; // a hand-written address
  }
}

// @ts-check
// The files of a drop or a file dialog, with those inside folders.

/** @typedef {{path: string, file: File}} ChosenFile  `path` is relative to what was chosen */

const HIDDEN = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$|__MACOSX\/)/i;
const byPath = new Intl.Collator(undefined, { numeric: true });

/** @param {ChosenFile[]} files */
const tidy = (files) =>
  files.filter(({ path }) => !HIDDEN.test(path)).sort((a, b) => byPath.compare(a.path, b.path));

/**
 * Return the files of an input, which may choose a folder.
 * @param {HTMLInputElement} input
 */
export function filesOfInput(input) {
  const files = [...(input.files ?? [])];
  input.value = ""; // so that the same files can be chosen again
  return tidy(files.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/**
 * Return the files of a drop. Call it before any await: the browser forgets the drop afterwards.
 * @param {DataTransfer} transfer
 */
export async function filesOfDrop(transfer) {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry?.())
    .filter((entry) => entry !== null && entry !== undefined);
  if (!entries.length) return tidy([...transfer.files].map((file) => ({ path: file.name, file })));
  const found = await Promise.all(entries.map(filesOfEntry));
  return tidy(found.flat());
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<ChosenFile[]>}
 */
async function filesOfEntry(entry) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const fileEntry = /** @type {FileSystemFileEntry} */ (entry);
    const file = await new Promise((resolve, reject) => fileEntry.file(resolve, reject));
    return [{ path, file }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  for (;;) {
    // Browsers return at most 100 entries at a time.
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return found;
    for (const each of entries) found.push(...(await filesOfEntry(each)));
  }
}

/** Return the folder that all files are in, or "". */
export function commonFolder(/** @type {ChosenFile[]} */ files) {
  const [first = ""] = files.map(({ path }) => path.split("/").slice(0, -1)[0] ?? "");
  return first && files.every(({ path }) => path.startsWith(`${first}/`)) ? first : "";
}

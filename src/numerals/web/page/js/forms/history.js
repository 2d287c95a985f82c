// @ts-check
// Undo and redo: all earlier versions of the form.

const MAX_VERSIONS = 500;

/**
 * @template T
 * @param {T} first
 * @param {() => void} onChange
 */
export function makeHistory(first, onChange) {
  let versions = [first];
  let at = 0;
  let lastTopic = "";
  return {
    get current() {
      return versions[at];
    },
    get canUndo() {
      return at > 0;
    },
    get canRedo() {
      return at < versions.length - 1;
    },
    /**
     * Add a version. Changes of one topic in a row, such as the letters of a name, are undone together.
     * @param {T} version @param {string} [topic]
     */
    add(version, topic = "") {
      const isSame = topic !== "" && topic === lastTopic && at === versions.length - 1 && at > 0;
      versions = [...versions.slice(0, isSame ? at : at + 1), version].slice(-MAX_VERSIONS);
      at = versions.length - 1;
      lastTopic = topic;
      onChange();
    },
    undo() {
      if (at === 0) return;
      at -= 1;
      lastTopic = "";
      onChange();
    },
    redo() {
      if (at === versions.length - 1) return;
      at += 1;
      lastTopic = "";
      onChange();
    },
  };
}

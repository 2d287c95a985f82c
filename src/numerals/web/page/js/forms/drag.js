// @ts-check
// Follow a pointer from its press to its release.

/**
 * @param {PointerEvent} start event `pointerdown`
 * @param {object} handlers positions are relative to where the pointer was pressed, CSS pixels
 * @param {(dx: number, dy: number) => void} handlers.onMove
 * @param {(dx: number, dy: number) => void} handlers.onEnd
 * @param {() => void} handlers.onCancel
 */
export function followPointer(start, { onMove, onEnd, onCancel }) {
  const target = /** @type {HTMLElement} */ (start.currentTarget);
  const ending = new AbortController();
  const options = { signal: ending.signal };
  const offset = (/** @type {PointerEvent} */ event) =>
    /** @type {[number, number]} */ ([event.clientX - start.clientX, event.clientY - start.clientY]);
  target.setPointerCapture(start.pointerId);
  target.addEventListener("pointermove", (event) => onMove(...offset(event)), options);
  target.addEventListener("pointerup", (event) => {
    ending.abort();
    onEnd(...offset(event));
  }, options);
  target.addEventListener("pointercancel", () => {
    ending.abort();
    onCancel();
  }, options);
}

// @ts-check
// A list of which only the visible rows exist as elements, so that its length does not matter.

const SETTLE_DELAY = 250; // ms after scrolling until the elements are put into the order of the rows
const N_EXTRA = 6; // rows above and below the visible ones, so that scrolling shows no gaps

export class VirtualList {
  /**
   * @param {HTMLElement} viewport the element that scrolls
   * @param {HTMLElement} body its child that holds the rows
   * @param {number} rowHeight pixels
   * @param {(index: number, element: HTMLElement | null) => HTMLElement} render fills an element
   *   with a row; without an element it creates one
   */
  constructor(viewport, body, rowHeight, render) {
    this.viewport = viewport;
    this.body = body;
    this.rowHeight = rowHeight;
    this.render = render;
    this.count = 0;
    /** @type {Map<number, HTMLElement>} */
    this.elements = new Map();
    /** @type {HTMLElement[]} */
    this.spare = [];
    this.frame = 0;
    this.settleTimer = 0;
    viewport.addEventListener("scroll", () => this.#schedule(), { passive: true });
    new ResizeObserver(() => this.#schedule()).observe(viewport);
  }

  #schedule() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.#show(false);
    });
  }

  /** Return the first and the last visible row. */
  get range() {
    const { scrollTop, clientHeight } = this.viewport;
    const first = Math.max(0, Math.floor(scrollTop / this.rowHeight));
    const last = Math.min(this.count - 1, Math.ceil((scrollTop + clientHeight) / this.rowHeight));
    return { first, last: Math.max(last, 0) };
  }

  /** Show the rows again, after they or their number have changed. */
  update(/** @type {number} */ count) {
    this.count = count;
    this.body.style.setProperty("height", `${count * this.rowHeight}px`);
    this.#show(true);
  }

  /** Remove all elements, so that they are created again. */
  clear() {
    this.elements.clear();
    this.spare.length = 0;
    this.body.replaceChildren();
  }

  /** Show one row again, if it is visible. */
  updateRow(/** @type {number} */ index) {
    const element = this.elements.get(index);
    if (element) this.render(index, element);
  }

  #show(/** @type {boolean} */ isChanged) {
    const { first: firstVisible, last: lastVisible } = this.range;
    const first = Math.max(0, firstVisible - N_EXTRA);
    const last = Math.min(this.count - 1, lastVisible + N_EXTRA);
    for (const [index, element] of this.elements) {
      if (index >= first && index <= last) continue;
      this.elements.delete(index);
      this.spare.push(element);
    }
    for (let index = first; index <= last; index += 1) {
      const shown = this.elements.get(index);
      if (shown && !isChanged) continue;
      const element = this.render(index, shown ?? this.spare.pop() ?? null);
      if (shown) continue;
      element.style.setProperty("transform", `translateY(${index * this.rowHeight}px)`);
      if (!element.isConnected) this.body.append(element);
      this.elements.set(index, element);
    }
    for (const element of this.spare) element.remove();
    this.spare.length = 0;
    clearTimeout(this.settleTimer);
    this.settleTimer = window.setTimeout(() => this.#sort(), SETTLE_DELAY);
  }

  /** Put the elements into the order of the rows, in which screen readers read them. */
  #sort() {
    if (this.body.contains(document.activeElement)) return; // moving it would take its focus
    const sorted = [...this.elements].sort(([a], [b]) => a - b).map(([, element]) => element);
    const isSorted = sorted.every((element, at) => this.body.children[at] === element);
    if (!isSorted) this.body.replaceChildren(...sorted);
  }

  /** Scroll so that a row is visible, below the sticky header of the list. */
  reveal(/** @type {number} */ index, headerHeight = 0) {
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.viewport;
    const height = clientHeight - headerHeight;
    if (top < scrollTop) this.viewport.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + height) {
      this.viewport.scrollTop = top + this.rowHeight - height;
    }
    this.#show(false); // now, because its cell may be edited at once
  }
}

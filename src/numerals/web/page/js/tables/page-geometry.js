// @ts-check
// Places on a page and on its picture on the screen, which is turned upright and scaled.

/** @typedef {import("../types.js").Box} Box */
/** @typedef {[number, number]} Point */

export class PageGeometry {
  /**
   * @param {{width: number, height: number}} size of the page, pixels
   * @param {number} turn degrees by which its writing is turned clockwise
   */
  constructor({ width, height }, turn) {
    this.pageSize = { width, height };
    this.quarters = (((-Math.round(turn / 90)) % 4) + 4) % 4; // clockwise, to make it upright
    const isOnSide = this.quarters % 2 === 1;
    /** Size of the upright page, pixels. */
    this.size = isOnSide ? { width: height, height: width } : { width, height };
  }

  /** Return the upright box of a box of the page. @param {Box} box @returns {Box} */
  upright([left, top, right, bottom]) {
    const [x1, y1] = this.#turn([left, top]);
    const [x2, y2] = this.#turn([right, bottom]);
    return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
  }

  /** @param {Point} point @returns {Point} */
  #turn([x, y]) {
    const { width, height } = this.pageSize;
    if (this.quarters === 1) return [height - y, x];
    if (this.quarters === 2) return [width - x, height - y];
    return this.quarters === 3 ? [y, width - x] : [x, y];
  }

  /** Return the CSS transform of the page's picture, which has the size of the page. */
  get transform() {
    const { width, height } = this.pageSize;
    const shift = [
      [0, 0],
      [height, 0],
      [width, height],
      [0, width],
    ][this.quarters];
    return `translate(${shift[0]}px, ${shift[1]}px) rotate(${90 * this.quarters}deg)`;
  }
}

/** Return the box around boxes, or null if there are none. @param {Box[]} boxes @returns {Box | null} */
export function around(boxes) {
  if (!boxes.length) return null;
  return boxes.reduce(([l, t, r, b], [left, top, right, bottom]) => [
    Math.min(l, left),
    Math.min(t, top),
    Math.max(r, right),
    Math.max(b, bottom),
  ]);
}

/** Return the squared distance of a point from a box; 0 inside of it. @param {Point} point @param {Box} box */
export function distance([x, y], [left, top, right, bottom]) {
  const dx = Math.max(left - x, 0, x - right);
  const dy = Math.max(top - y, 0, y - bottom);
  return dx * dx + dy * dy;
}

// @ts-check
// Chooses the frames in which the panel is updated. Drawing comes first: while frames are late, the
// panel is updated in fewer of them.

const LATE = 25; // ms between frames; at 60 frames per second, one was missed
const PAUSE = 250; // ms; a longer interval is a pause, not a late frame
const MAX_FRAMES = 8;
const RECOVERY = 20; // frames in time until the panel is updated more often again

export class Pace {
  frames = 1; // per update
  #waiting = 0; // frames until the next update
  #onTime = 0; // frames in time since the last change
  #lastAt = -Infinity;

  /**
   * Return whether to update the panel in a frame.
   * @param {number} at time of the frame, ms
   */
  isDue(at) {
    this.#adapt(at - this.#lastAt);
    this.#lastAt = at;
    this.#waiting -= 1;
    if (this.#waiting > 0) return false;
    this.#waiting = this.frames;
    return true;
  }

  /** @param {number} interval */
  #adapt(interval) {
    if (interval > PAUSE) return;
    if (interval > LATE) {
      this.frames = Math.min(2 * this.frames, MAX_FRAMES);
      this.#onTime = 0;
      return;
    }
    this.#onTime += 1;
    if (this.#onTime < RECOVERY) return;
    this.frames = Math.max(1, this.frames - 1);
    this.#onTime = 0;
  }
}

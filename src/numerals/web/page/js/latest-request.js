// @ts-check
// Send at most one request at a time, and next the latest one. Requests in between are dropped, so
// that responses stay in order and a slow service is not flooded.

/**
 * @template Input, Result
 * @param {(input: Input) => Promise<Result>} send
 * @param {(result: Result, input: Input) => void} onresult
 * @param {(error: import("./api.js").ApiError) => void} onerror
 */
export function sendLatest(send, onresult, onerror) {
  let isBusy = false;
  /** @type {{input: Input} | null} */
  let next = null;
  let generation = 0; // results of earlier generations are ignored

  async function run() {
    isBusy = true;
    while (next) {
      const { input } = next;
      next = null;
      const started = generation;
      try {
        const result = await send(input);
        if (started === generation) onresult(result, input);
      } catch (error) {
        if (started === generation) onerror(/** @type {any} */ (error));
      }
    }
    isBusy = false;
  }

  return {
    /** @param {Input} input */
    submit(input) {
      next = { input };
      if (!isBusy) run();
    },
    /** Drop the next request and ignore the result of the current one. */
    cancel() {
      next = null;
      generation += 1;
    },
  };
}

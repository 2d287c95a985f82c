// Send at most one request at a time, and next the latest one. Requests in between are dropped, so
// that responses stay in order and a slow service is not flooded.

/**
 * @param send      async function (input)
 * @param onresult  function (result, input)
 * @param onerror   function (error)
 */
export function sendLatest(send, onresult, onerror) {
  let isBusy = false;
  let next = null; // {input}, or null
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
        if (started === generation) onerror(error);
      }
    }
    isBusy = false;
  }

  return {
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

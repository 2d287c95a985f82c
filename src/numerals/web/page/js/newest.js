// One request in flight, the newest next: what comes between is dropped, so that answers never
// arrive out of order and a slow service is never asked faster than it answers.

/**
 * @param ask  async function of a question
 * @param show function of (answer, question)
 * @param fail function of an error
 */
export function askNewest(ask, show, fail) {
  let busy = false;
  let next = null; // {question}: an object, for a question may be anything
  let round = 0; // `forget` starts a new one

  async function run() {
    busy = true;
    while (next) {
      const { question } = next;
      next = null;
      const asked = round;
      try {
        const answer = await ask(question);
        if (asked === round) show(answer, question);
      } catch (error) {
        if (asked === round) fail(error);
      }
    }
    busy = false;
  }

  return {
    put(question) {
      next = { question };
      if (!busy) run();
    },
    forget() {
      next = null;
      round += 1;
    },
  };
}

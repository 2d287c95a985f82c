// @ts-check
// Progress of the batches, as the service sends it (server-sent events). EventSource cannot send
// the access token, so the stream is read with fetch.

import { ApiError, openStream } from "../api.js";

const MIN_DELAY = 1000; // ms until a lost connection is opened again; doubled up to the maximum
const MAX_DELAY = 20_000;

/**
 * Follow the progress of batches until the returned function is called.
 * @param {(event: string, data: any) => void} onevent "batches", "batch" or "deleted", and its object
 * @param {string} [batch] id of a single batch to follow
 * @returns {() => void}
 */
export function followBatches(onevent, batch) {
  const stop = new AbortController();
  follow(onevent, batch ? `v1/events?batch=${encodeURIComponent(batch)}` : "v1/events", stop.signal);
  return () => stop.abort();
}

/**
 * @param {(event: string, data: any) => void} onevent
 * @param {string} path
 * @param {AbortSignal} signal
 */
async function follow(onevent, path, signal) {
  let delay = MIN_DELAY;
  while (!signal.aborted) {
    try {
      const { body } = await openStream(path, signal);
      if (!body) return;
      for await (const [event, data] of events(body.pipeThrough(new TextDecoderStream()))) {
        delay = MIN_DELAY;
        onevent(event, data);
      }
    } catch (error) {
      if (signal.aborted) return;
      const status = error instanceof ApiError ? error.status : 0; // 0: the connection was lost
      if (status === 401 || status === 404) return;
    }
    await new Promise((resolve) => setTimeout(resolve, delay));
    delay = Math.min(2 * delay, MAX_DELAY);
  }
}

/**
 * Parse a stream of events.
 * @param {ReadableStream<string>} stream
 * @returns {AsyncGenerator<[string, any]>}
 */
async function* events(stream) {
  const reader = stream.getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value.replaceAll("\r\n", "\n");
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\n");
      const valuesOf = (/** @type {string} */ name) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
      const data = valuesOf("data").join("\n");
      if (data) yield [valuesOf("event")[0] ?? "message", JSON.parse(data)];
    }
  }
}

// The review queue. The next items and their pictures are prefetched, so that they appear at once.
// Changes are sent in the background, in order.

import { call, newKey } from "../api.js";

const FETCH_SIZE = 12; // items per request
const N_PREFETCHED_PICTURES = 3;

/**
 * @param below   function returning the maximum confidence of the items, or "" for all items
 * @param onfill  function called when items have been loaded
 * @param onerror function (error, item that could not be sent)
 */
export function makeReviewQueue(below, onfill, onerror) {
  let items = [];
  let waiting = 0;
  const handled = new Set(); // ids of items that were sent or are being sent
  const pictures = new Map(); // id -> promise of an object URL
  const keys = new Map(); // change -> idempotency key, so that a retry is stored once
  let sending = Promise.resolve();

  /** Reload the queue; skipped items may appear again. */
  async function restart() {
    await sending;
    handled.clear();
    items = [];
    await fill();
  }

  async function fill() {
    const page = await call("v1/review", { query: { limit: FETCH_SIZE, below: below() } });
    // The page may still contain items that were handled during the request.
    const known = new Set([...handled, ...items.map(({ id }) => id)]);
    items.push(...page.items.filter(({ id }) => !known.has(id)));
    const nHandled = page.items.filter(({ id }) => handled.has(id)).length;
    waiting = Math.max(page.waiting - nHandled, items.length);
    prefetch();
    onfill();
  }

  function prefetch() {
    for (const item of items.slice(0, N_PREFETCHED_PICTURES)) picture(item);
  }

  function picture(item) {
    if (!pictures.has(item.id)) {
      const blob = item.crop
        ? call(item.crop.replace(/^\//, ""), { as: "blob" })
        : Promise.reject(new Error("This service does not store pictures."));
      const url = blob.then((data) => URL.createObjectURL(data));
      url.catch(() => pictures.delete(item.id));
      pictures.set(item.id, url);
    }
    return pictures.get(item.id);
  }

  function dropPicture(id) {
    pictures
      .get(id)
      ?.then((url) => URL.revokeObjectURL(url))
      .catch(() => {});
    pictures.delete(id);
  }

  async function send(item, path, body) {
    const request = JSON.stringify([item.id, path, body]);
    const key = keys.get(request) ?? newKey();
    keys.set(request, key);
    const address = `v1/review/${encodeURIComponent(item.id)}${path}`;
    const { change, version } = await call(address, { json: body, key });
    keys.delete(request);
    Object.assign(item, { change, version });
  }

  /** Remove the first item and send its change in the background. */
  function submit(path, body) {
    const item = items.shift();
    handled.add(item.id);
    waiting = Math.max(0, waiting - 1);
    prefetch();
    const sent = sending.then(() => send(item, path, { ...body, version: item.version }));
    sending = sent.catch((error) => {
      handled.delete(item.id);
      // Show the item again, with the change of another user if that is the reason.
      const restored = error.current ? { ...item, ...error.current } : item;
      items.unshift(restored);
      waiting += 1;
      onerror(error, restored);
    });
    sent.then(() => dropPicture(item.id)).catch(() => {});
    if (items.length < N_PREFETCHED_PICTURES && waiting > items.length)
      sending = sending.then(fill).catch(onerror);
    return item;
  }

  return {
    restart,
    picture,
    get first() {
      return items[0];
    },
    get waiting() {
      return waiting;
    },
    settled: () => sending,
    answer: (text, by) => submit("", { text, by }),
    skip(by) {
      if (items[0].state === "waiting") return submit("/skip", { by });
      const item = { ...items.shift(), isUnchanged: true }; // keep the change of another user
      waiting = Math.max(0, waiting - 1);
      return item;
    },
    async undo(item, by) {
      await sending;
      if (!item.isUnchanged) await send(item, "/undo", { by, change: item.change });
      handled.delete(item.id);
      items = [item, ...items.filter(({ id }) => id !== item.id)];
      waiting += 1;
      prefetch();
    },
  };
}

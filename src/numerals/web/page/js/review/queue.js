// The items that wait: some are kept ahead with their pictures, so that the next one is there at
// once, and answers are sent behind the reviewer's back, in order.

import { call, newKey } from "../api.js";

const AHEAD = 12; // items asked for at a time
const PICTURES = 3; // crops loaded ahead

/**
 * @param below   function that returns the confidence that is looked below, or "" for all
 * @param onfill  function that is called when more items came
 * @param onerror function of an error, and of the item that could not be sent
 */
export function makeReviewQueue(below, onfill, onerror) {
  let items = [];
  let waiting = 0;
  const handled = new Set(); // sent, or being sent: not to be shown again
  const pictures = new Map(); // id -> promise of an object URL
  const keys = new Map(); // what could not be sent -> its key: sent again, it is stored once
  let sending = Promise.resolve();

  /** Start anew: what was skipped may come again. */
  async function restart() {
    await sending;
    handled.clear();
    items = [];
    await fill();
  }

  async function fill() {
    const answer = await call("v1/review", { query: { limit: AHEAD, below: below() } });
    // What was answered while this list was on its way is still on it.
    const known = new Set([...handled, ...items.map(({ id }) => id)]);
    items.push(...answer.items.filter(({ id }) => !known.has(id)));
    const unsent = answer.items.filter(({ id }) => handled.has(id)).length;
    waiting = Math.max(answer.waiting - unsent, items.length);
    prefetch();
    onfill();
  }

  function prefetch() {
    for (const item of items.slice(0, PICTURES)) picture(item);
  }

  function picture(item) {
    if (!pictures.has(item.id)) {
      const blob = item.crop
        ? call(item.crop.replace(/^\//, ""), { as: "blob" })
        : Promise.reject(new Error("This service keeps no pictures."));
      const url = blob.then((data) => URL.createObjectURL(data));
      url.catch(() => pictures.delete(item.id));
      pictures.set(item.id, url);
    }
    return pictures.get(item.id);
  }

  function forgetPicture(id) {
    pictures
      .get(id)
      ?.then((url) => URL.revokeObjectURL(url))
      .catch(() => {});
    pictures.delete(id);
  }

  async function send(item, path, body) {
    const decision = JSON.stringify([item.id, path, body]);
    const key = keys.get(decision) ?? newKey();
    keys.set(decision, key);
    const address = `v1/review/${encodeURIComponent(item.id)}${path}`;
    const { change, version } = await call(address, { json: body, key });
    keys.delete(decision);
    Object.assign(item, { change, version });
  }

  /** Take the first item off and send what was decided; the next is first at once. */
  function decide(path, body) {
    const item = items.shift();
    handled.add(item.id);
    waiting = Math.max(0, waiting - 1);
    prefetch();
    const sent = sending.then(() => send(item, path, { ...body, version: item.version }));
    sending = sent.catch((error) => {
      handled.delete(item.id);
      // Nothing is lost: it is asked again, as somebody else answered it if that is why.
      const again = error.current ? { ...item, ...error.current } : item;
      items.unshift(again);
      waiting += 1;
      onerror(error, again);
    });
    sent.then(() => forgetPicture(item.id)).catch(() => {});
    if (items.length < PICTURES && waiting > items.length)
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
    answer: (text, by) => decide("", { text, by }),
    skip(by) {
      if (items[0].state === "waiting") return decide("/skip", { by });
      const item = { ...items.shift(), isLeft: true }; // somebody else's answer stays
      waiting = Math.max(0, waiting - 1);
      return item;
    },
    async undo(item, by) {
      await sending;
      if (!item.isLeft) await send(item, "/undo", { by, change: item.change });
      handled.delete(item.id);
      items = [item, ...items.filter(({ id }) => id !== item.id)];
      waiting += 1;
      prefetch();
    },
  };
}

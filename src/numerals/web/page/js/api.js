// Calls to the service. What goes wrong is an ApiError whose message a person can act on.

import { accessToken, askForToken } from "./token.js";

class ApiError extends Error {
  constructor(status, message, retryAfter = 0, current = null) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
    this.current = current; // what somebody else made of the line meanwhile
  }

  /** Whether the same may work another time: not if the file itself is what is wrong. */
  get mayWork() {
    return ![400, 413, 415, 422].includes(this.status);
  }
}

const UNREACHABLE = "The service does not answer. Is “numerals serve” still running?";

const MEANINGS = {
  404: "There is no such thing any more.",
  403: "The service refuses this page.",
  408: "Reading took too long.",
  409: "This cannot be done now.",
  413: "The file is too large for this service.",
  415: "This is not a picture that can be read.",
  422: "The service could not make sense of this.",
  429: "Too many requests at once.",
  500: "The service failed; its log says why.",
  503: "The service is busy.",
};

/** Return a name for one request that stores something: sent again, it is stored once. */
export function newKey() {
  // Not crypto.randomUUID: that is only there where pages come over TLS or from this machine.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Call the service, under `key` if that stores; returns JSON, or a Blob where `as` is "blob". */
export async function call(path, { method, query = {}, json, form, key, as = "json" } = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  const address = given.length ? `${path}?${new URLSearchParams(given)}` : path;
  const headers = {};
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const body = json === undefined ? form : JSON.stringify(json);
  const request = { method: method ?? (body ? "POST" : "GET"), headers, body };
  let response = await send(address, request);
  if (response.status === 401 && (await askForToken())) response = await send(address, request);
  if (!response.ok) throw await toError(response);
  return as === "blob" ? response.blob() : response.json();
}

async function send(address, request) {
  const token = accessToken();
  const headers = token
    ? { ...request.headers, Authorization: `Bearer ${token}` }
    : request.headers;
  try {
    return await fetch(address, { ...request, headers });
  } catch {
    throw new ApiError(0, UNREACHABLE);
  }
}

async function toError(response) {
  const wait = Number(response.headers.get("Retry-After")) || 0;
  const meaning = MEANINGS[response.status] ?? `The service answered ${response.status}.`;
  let [detail, current] = ["", null];
  try {
    const body = await response.json();
    [detail, current] = [body.error?.message ?? "", body.current ?? null];
  } catch {
    // Not ours, such as a proxy's page: the status has to do.
  }
  if (response.status === 401) {
    return new ApiError(401, sentence(detail || "this service needs an access token"));
  }
  if (current) return new ApiError(response.status, conflictText(current), wait, current);
  const message = detail ? `${meaning} ${sentence(detail)}` : meaning;
  return new ApiError(response.status, message, wait);
}

function conflictText({ text, state, by }) {
  const who = by && by !== "page" ? by : "Somebody";
  return `${who} changed this meanwhile: it is now “${text}” (${state}).`;
}

function sentence(text) {
  const trimmed = text.trim();
  return trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? "" : ".");
}

/** Call again, up to `tries` times, while the service is busy; `onWait` hears for how many seconds. */
export async function withPatience(action, onWait, tries = 5) {
  for (let left = tries; ; left -= 1) {
    try {
      return await action();
    } catch (error) {
      if (error.status !== 503 || left <= 1) throw error;
      const seconds = Math.min(Math.max(error.retryAfter, 1), 30);
      onWait(seconds);
      await new Promise((done) => setTimeout(done, seconds * 1000));
    }
  }
}

// @ts-check
// Calls to the service. Failed calls throw an ApiError with a message for the user.

import { accessToken, askForToken } from "./token.js";

/** @typedef {import("./types.js").ReviewItem} ReviewItem */

/** A failed call; its message is for the user. */
export class ApiError extends Error {
  /**
   * @param {number} status HTTP status; 0 if the service did not respond
   * @param {string} message
   * @param {{retryAfter?: number, current?: ReviewItem | null, code?: string}} [details]
   */
  constructor(status, message, { retryAfter = 0, current = null, code = "" } = {}) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
    this.current = current; // the line as another user has changed it
    this.code = code; // of the service's error, such as "wrong_format"
  }

  /** Whether a retry may succeed: not if the request itself is invalid. */
  get canRetry() {
    return ![400, 413, 415, 422].includes(this.status);
  }
}

const UNREACHABLE = "The service is not responding. Is “numerals serve” still running?";

/** @type {Record<number, string>} */
const STATUS_MESSAGES = {
  403: "Access denied.",
  404: "Not found.",
  408: "The request timed out.",
  409: "The change was not made.",
  413: "The file is too large.",
  415: "The file is not a readable picture.",
  422: "The request is invalid.",
  429: "Too many requests.",
  500: "The service failed.",
  503: "The service is busy.",
};

/** Return an idempotency key; a request that is repeated with its key is stored once. */
export function newKey() {
  // crypto.randomUUID exists only in secure contexts (TLS or localhost).
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Call the service.
 * @param {string} path relative URL, such as "v1/read"
 * @param {object} [options]
 * @param {string} [options.method]
 * @param {Record<string, string | number | null | undefined>} [options.query] empty values are left out
 * @param {unknown} [options.json] body
 * @param {FormData} [options.form] body
 * @param {string} [options.key] idempotency key of a request that stores something
 * @param {"json" | "blob"} [options.as]
 * @returns {Promise<any>} parsed JSON, or a Blob
 */
export async function call(path, { method, query = {}, json, form, key, as = "json" } = {}) {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    value === "" || value == null ? [] : [[name, String(value)]],
  );
  const address = parameters.length ? `${path}?${new URLSearchParams(parameters)}` : path;
  /** @type {Record<string, string>} */
  const headers = {};
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const body = json === undefined ? form : JSON.stringify(json);
  const request = { method: method ?? (body ? "POST" : "GET"), headers, body };
  let response = await send(address, request);
  if (response.status === 401 && (await askForToken())) response = await send(address, request);
  if (!response.ok) throw await toError(response);
  if (as === "blob") return response.blob();
  return response.status === 204 ? null : response.json();
}

/**
 * Return the response of a GET request whose body is read while it arrives.
 * @param {string} path
 * @param {AbortSignal} signal
 */
export async function openStream(path, signal) {
  const request = { method: "GET", headers: {}, signal };
  let response = await send(path, request);
  if (response.status === 401 && (await askForToken())) response = await send(path, request);
  if (!response.ok) throw await toError(response);
  return response;
}

/**
 * @param {string} address
 * @param {{method: string, headers: Record<string, string>, body?: BodyInit, signal?: AbortSignal}} request
 */
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

/** @param {Response} response */
async function toError(response) {
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  const summary = STATUS_MESSAGES[response.status] ?? `Unexpected status ${response.status}.`;
  /** @type {{detail: string, code: string, current: ReviewItem | null}} */
  let { detail, code, current } = { detail: "", code: "", current: null };
  try {
    const body = await response.json();
    detail = body.error?.message ?? "";
    code = body.error?.code ?? "";
    current = body.current ?? null;
  } catch {
    // The response is not from the service, such as a proxy's error page.
  }
  if (response.status === 401) {
    return new ApiError(401, toSentence(detail || "this service needs an access token"));
  }
  if (current) {
    return new ApiError(response.status, conflictMessage(current), { retryAfter, current });
  }
  const message = detail ? `${summary} ${toSentence(detail)}` : summary;
  return new ApiError(response.status, message, { retryAfter, code });
}

/** @param {ReviewItem} item */
function conflictMessage({ text, state, by }) {
  const user = by && by !== "page" ? by : "Another user";
  return `${user} has changed this number to “${text}” (${state}).`;
}

/**
 * Return a text with a capital first letter and a full stop.
 * @param {string} text
 */
function toSentence(text) {
  const trimmed = text.trim();
  return trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? "" : ".");
}

/**
 * Repeat an action while the service is busy.
 * @template T
 * @param {() => Promise<T>} action
 * @param {(seconds: number) => void} onWait gets the seconds until the next attempt
 * @returns {Promise<T>}
 */
export async function retryWhileBusy(action, onWait, maxAttempts = 5) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 503 || attempt >= maxAttempts) {
        throw error;
      }
      const seconds = Math.min(Math.max(error.retryAfter, 1), 30);
      onWait(seconds);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}

/** Calls to `/api/v1/`: the session's cookie, CSRF, keys, versions and problems. */

const ROOT = "/api/v1/";
const MOST_TRIES = 3;
const BROKEN = 500;

/** @typedef {{code: string, detail: string}} Reason */
/** @typedef {{code: string, detail: string, status: number, reasons?: Reason[],
 *   alternatives?: any[], occurrences?: any[], errors?: any[], existing?: string}} ProblemDocument */

/** What the server refused, as its problem document tells it. */
export class Problem extends Error {
  /** @param {ProblemDocument} told */
  constructor(told) {
    super(told.detail);
    this.status = told.status;
    this.code = told.code;
    this.reasons = told.reasons ?? [];
    this.alternatives = told.alternatives ?? [];
    this.occurrences = told.occurrences ?? [];
    this.errors = told.errors ?? [];
    this.existing = told.existing ?? "";
  }
}

const UNKNOWN = "Whether it was done is not known. Press again: it will not be done twice.";

/** Nobody answered. */
export class Unreachable extends Error {
  /** @param {string} method */
  constructor(method) {
    const about = method === "GET" ? "Check the connection." : UNKNOWN;
    super(`The server cannot be reached. ${about}`);
  }
}

/** The keys of requests that were not answered, for whenever they are sent again.
 *  @type {Map<string, string>} */
const keys = new Map();

let ahead = 0; // milliseconds that the server's clock is ahead of this one

/** What time it is on the server, by which holds lapse: a computer's clock may be wrong. */
export const serverNow = () => Date.now() + ahead;

/** @typedef {{body?: any, version?: number, signal?: AbortSignal}} Options */

/**
 * What the server answers, read as JSON; null if there is nothing to read.
 *
 * A request that changes something carries a key, so that it is safely sent again when
 * the line breaks or the server asks for a moment.
 *
 * @param {string} method
 * @param {string} path below `/api/v1/`, or a whole address of a further page
 * @param {Options} [options]
 * @returns {Promise<any>}
 * @throws {Problem | Unreachable}
 */
export async function call(method, path, options = {}) {
  const text = await send(method, path, options);
  return text === "" ? null : JSON.parse(text);
}

/** @param {string} path @param {Options} [options] */
export const get = (path, options) => call("GET", path, options);

/** @param {string} path @param {any} body @param {number} [version] */
export const post = (path, body, version) => call("POST", path, { body, version });

/**
 * All rows of a list, page after page.
 *
 * @param {string} path
 * @returns {Promise<any[]>}
 */
export async function list(path) {
  const rows = [];
  for (let next = path; next; ) {
    const page = await get(next);
    rows.push(...page.results);
    next = page.next;
  }
  return rows;
}

/**
 * As `call`, the answer as it came.
 *
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<string>}
 */
export async function send(method, path, options = {}) {
  const address = path.startsWith("http") ? here(path) : ROOT + path;
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const same = [method, address, options.version, body].join(" ");
  if (method === "POST" && !keys.has(same)) keys.set(same, newKey());
  const request = { method, headers: headers(method, options, keys.get(same)), body, signal: options.signal };
  for (let tries = 1; ; tries += 1) {
    const answer = await answerTo(address, request, tries);
    if (answer === null) continue;
    const text = answer.ok ? await textOf(answer, method) : "";
    if (answer.ok) {
      keys.delete(same);
      return text;
    }
    if (answer.status === 401) return signIn();
    const told = await problemOf(answer, method);
    const wait = Number(answer.headers.get("Retry-After") ?? 0);
    const passes = [429, 503].includes(answer.status) || told.code === "request_in_progress";
    if (answer.status < BROKEN && !passes) keys.delete(same);
    if (!passes || tries >= MOST_TRIES || wait > 5) throw new Problem(told);
    await pause((wait || 1) * 1000);
  }
}

/** @param {string} address @param {RequestInit} request @param {number} tries */
async function answerTo(address, request, tries) {
  try {
    const answer = await fetch(address, request);
    const then = Date.parse(answer.headers.get("Date") ?? "");
    if (!Number.isNaN(then)) ahead = then - Date.now();
    return answer;
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    if (tries >= MOST_TRIES || request.method === "GET") throw new Unreachable(request.method ?? "GET");
    await pause(500 * tries);
    return null;
  }
}

/** A further page, from wherever this page was loaded. @param {string} address */
function here(address) {
  const { pathname, search } = new URL(address);
  return pathname + search;
}

/** @param {string} method @param {Options} options @param {string} [key] */
function headers(method, options, key) {
  /** @type {Record<string, string>} */
  const named = { Accept: "application/json" };
  if (method === "GET") return named;
  named["X-CSRFToken"] = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  if (options.body !== undefined) named["Content-Type"] = "application/json";
  if (key !== undefined) named["Idempotency-Key"] = key;
  if (options.version !== undefined) named["If-Match"] = `"${options.version}"`;
  return named;
}

/** `crypto.randomUUID` is there only where the connection is secure. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The line may break in the middle of an answer. @param {Response} answer @param {string} method */
async function textOf(answer, method) {
  try {
    return await answer.text();
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw new Unreachable(method);
  }
}

/** @param {Response} answer @param {string} method @returns {Promise<ProblemDocument>} */
async function problemOf(answer, method) {
  try {
    return await answer.json();
  } catch {
    const about = method === "GET" ? "Try again in a moment." : UNKNOWN;
    const detail = `Something went wrong on the server. ${about}`;
    return { code: "unknown", detail, status: answer.status };
  }
}

/** @returns {Promise<never>} the page is left, so nobody hears of it */
function signIn() {
  const back = encodeURIComponent(location.pathname + location.search);
  location.assign(`${document.body.dataset.signIn}?next=${back}`);
  return new Promise(() => {});
}

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

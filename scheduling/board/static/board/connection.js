/** Whether the server can be reached, told at the top of the page. */

import { Problem, Unreachable } from "./api.js";
import { byId } from "./html.js";

const RELOAD_AFTER = 5_000;

const TOO_MANY = 429;
const BROKEN = 500;

/** @param {Unreachable | Problem} [failure] none if it answers */
export function tellReached(failure) {
  const told = byId("connection");
  told.hidden = failure === undefined;
  told.textContent = failure ? `${wordsOf(failure)} What you see may be out of date.` : "";
}

/** What has happened, and what becomes of it. @param {Unreachable | Problem} failure */
function wordsOf(failure) {
  if (failure instanceof Unreachable) return "The server cannot be reached; trying again.";
  if (failure.status !== TOO_MANY) return "The server cannot answer just now; trying again.";
  return "This sign-in has asked too much of the server in a short time. It goes on by itself within a minute.";
}

/** Whether the server understood, and will say the same again. @param {unknown} failure */
export const isRefusal = (failure) =>
  failure instanceof Problem && failure.status < BROKEN && failure.status !== TOO_MANY;

/** Again and again, until the server answers. @param {() => Promise<void>} start */
export async function startSomehow(start) {
  try {
    await start();
  } catch (failure) {
    if (!(failure instanceof Unreachable || failure instanceof Problem)) throw failure;
    tellReached(failure);
    if (isRefusal(failure)) byId("connection").textContent = failure.message;
    else setTimeout(() => location.reload(), RELOAD_AFTER);
  }
}

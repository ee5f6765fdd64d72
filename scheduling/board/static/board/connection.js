/** Whether the server can be reached, told at the top of the page. */

import { Problem, Unreachable } from "./api.js";
import { byId } from "./html.js";

const RELOAD_AFTER = 5_000;

/** @param {boolean} isReachable */
export function tellReached(isReachable) {
  const told = byId("connection");
  told.hidden = isReachable;
  told.textContent = isReachable
    ? ""
    : "The server cannot be reached. What you see may be out of date; trying again.";
}

/** Again and again, until the server answers. @param {() => Promise<void>} start */
export async function startSomehow(start) {
  try {
    await start();
  } catch (failure) {
    if (!(failure instanceof Unreachable || failure instanceof Problem)) throw failure;
    tellReached(false);
    setTimeout(() => location.reload(), RELOAD_AFTER);
  }
}

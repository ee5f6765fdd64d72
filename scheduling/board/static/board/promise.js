/** Matching a new client under the guarantee, as an hour of a therapist is taken for them. */

import { Problem, Unreachable, get, post } from "./api.js";
import { note } from "./notes.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** What is promised to a client, if anything is. @param {string} client @returns {Promise<any>} */
export async function guaranteeOfClient(client) {
  const { results } = await get(`guarantees/?client=${client}&limit=1`);
  return results[0];
}

/** Those who did not fit. @param {any} guarantee @returns {string[]} */
export function earlierTherapists(guarantee) {
  const rounds = guarantee?.rounds ?? [];
  return rounds.filter((/** @type {any} */ one) => one.reason).map((/** @type {any} */ one) => one.therapist.id);
}

/**
 * Promise it, or go on with what was promised. The hour is kept whatever comes of this.
 *
 * @param {Desk} desk
 * @param {any} guarantee if there is one
 * @param {{intake: string, therapist: string, match: string}} chosen
 */
export async function matchUnder(desk, guarantee, { intake, therapist, match }) {
  try {
    if (!guarantee) await post("guarantees/", { intake, therapist, match });
    else if (guarantee.may.includes("choose")) {
      await post(`guarantees/${guarantee.id}/choose/`, { therapist, match }, guarantee.version);
    }
  } catch (failure) {
    if (!(failure instanceof Problem || failure instanceof Unreachable)) throw failure;
    const existing = failure instanceof Problem ? failure.existing || guarantee?.id : "";
    note(`Not noted under the guarantee: ${failure.message}`, {
      isAlert: true,
      ...(existing && { action: ["Look at it", () => desk.showGuarantee(existing)] }),
    });
  }
}

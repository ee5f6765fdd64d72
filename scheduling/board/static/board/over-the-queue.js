/** Giving an hour to somebody else that one who waits is offered: knowingly, and by name. */

import { Problem, Unreachable, list } from "./api.js";
import { h } from "./html.js";

/** @typedef {import("./desk.js").Desk} Desk */

const MINUTE = 60_000;

/**
 * Below a refusal, a button for each offer that stands in the way.
 *
 * @param {Desk} desk
 * @param {Problem} problem
 * @param {any} order what was to be booked
 * @param {HTMLElement} place where the refusal is told
 * @param {(more: any) => void} insist
 */
export async function offerOverTheQueue(desk, problem, order, place, insist) {
  const isOffered = problem.reasons.some((reason) => reason.code === "offered");
  if (!isOffered || !order.therapist) return;
  const minutes = desk.reference.sessionType(order.session_type)?.duration_minutes ?? 0;
  const start = Date.parse(order.starts_at);
  const end = start + minutes * MINUTE;
  try {
    const offers = await list(`waitlist-offers/?state=offered&limit=200&therapist=${order.therapist}`);
    const inTheWay = offers.filter((offer) => Date.parse(offer.starts_at) < end && start < Date.parse(offer.ends_at));
    place.append(...inTheWay.map((offer) =>
      h("button", { type: "button", class: "over", onclick: () => insist({ instead_of_offer: offer.id }) },
        `Book it, and take the offer to ${offer.client.display_name} back`)));
  } catch (failure) {
    if (!(failure instanceof Problem || failure instanceof Unreachable)) throw failure;
  }
}

/** A session that the practice's books no longer allow: who could take it, or why it stays. */

import { get, post } from "./api.js";
import { field } from "./dialog.js";
import { h } from "./html.js";

const MOST = 5;

/**
 * What is to be decided about a session, or null.
 *
 * @param {any} one the appointment
 * @param {((act: () => Promise<any>) => void) | undefined} decide carries one of the
 *   decisions out; left out where somebody else decides
 */
export async function decisionOf(one, decide) {
  const found = await get(`appointments/${one.id}/candidates/`);
  if (found.reasons.length === 0) return null;
  const why = h("p", {}, h("strong", {}, "Not covered any more. "), reasonWords(found));
  if (!decide) return h("div", { class: "warning" }, why, h("p", {}, `${takersWords(found)} The front desk decides.`));
  /** @param {any} to */
  const handOver = (to) => decide(() => post("reassignments/",
    { appointments: [{ id: one.id, version: one.version, therapist: one.therapist.id, ...to }] }));
  const reason = h("input", { maxlength: 500, required: true, autocomplete: "off" });
  return h("div", { class: "warning" },
    why,
    found.candidates.length + found.rooms.length === 0 ? h("p", {}, takersWords(found)) : h("div", { class: "row" },
      ...found.candidates.slice(0, MOST).map((/** @type {any} */ each) =>
        h("button", { type: "button", onclick: () => handOver({ therapist: each.id }) }, `Give it to ${each.display_name}`)),
      ...found.rooms.slice(0, MOST).map((/** @type {any} */ each) =>
        h("button", { type: "button", onclick: () => handOver({ room: each.id }) }, `Move it to ${each.name}`))),
    h("form", { class: "override", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      decide(() => post(`appointments/${one.id}/keep/`, { reason: reason.value.trim() }, one.version));
    } }, field("Or it takes place all the same. Why?", reason), h("button", {}, "Keep it")));
}

/** Why it is not covered. @param {any} one */
export function reasonWords(one) {
  return one.reasons.map((/** @type {any} */ each) => each.detail).join(" ");
}

/** "Dr. X or Dr. Y could take it." @param {any} one */
export function takersWords({ candidates, rooms }) {
  const names = candidates.slice(0, MOST).map((/** @type {any} */ each) => each.display_name);
  const others = rooms.slice(0, MOST).map((/** @type {any} */ each) => each.name);
  if (names.length > 0) return `${either(names)} could take it.`;
  return others.length > 0 ? `It could move to ${either(others)}.` : "Nobody else is free for it.";
}

/** @param {string[]} names */
function either(names) {
  return new Intl.ListFormat("en-US", { type: "disjunction" }).format(names);
}

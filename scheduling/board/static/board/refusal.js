/** A refusal in plain words: why, what is free instead, and how to set a rule aside. */

import { Problem } from "./api.js";
import { field, sayOf } from "./dialog.js";
import { h } from "./html.js";
import { dayOf, momentWords, timeWords, wallOf } from "./wall.js";

const RULES_FORBID = 422;

/**
 * @param {Problem} problem
 * @param {object} ways
 * @param {string} [ways.day] the day that was asked for, which need not be said again
 * @param {(slot: any) => void} [ways.choose] take one of the alternatives
 * @param {(override: any) => void} [ways.insist] repeat with the override
 * @param {string} [ways.insistWords]
 * @returns {Node[]}
 */
export function refusalOf(problem, { day, choose, insist, insistWords = "Do it all the same" }) {
  const nodes = [reasonsOf(problem)];
  if (choose && problem.alternatives.length > 0) {
    nodes.push(
      h("p", { class: "lead" }, "Free instead:"),
      h("div", { class: "alternatives" }, ...problem.alternatives.map((slot) =>
        h("button", { type: "button", onclick: () => choose(slot) }, slotWords(slot, day)))),
    );
  }
  const isSoft = problem.status === RULES_FORBID && problem.reasons.length > 0;
  if (insist && isSoft) nodes.push(overrideForm(problem, insist, insistWords));
  return nodes;
}

/** @param {Problem} problem */
export function reasonsOf(problem) {
  if (problem.reasons.length === 0) return sayOf(problem);
  if (problem.reasons.length === 1) return h("p", {}, problem.reasons[0].detail);
  return h("ul", {}, ...problem.reasons.map((reason) => h("li", {}, reason.detail)));
}

/** @param {Problem} problem @param {(override: any) => void} insist @param {string} words */
function overrideForm(problem, insist, words) {
  const reason = h("input", { maxlength: 500, required: true, autocomplete: "off" });
  return h("form", {
    class: "override",
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const override = problem.reasons.map((each) => each.code);
      insist({ override, override_reason: reason.value.trim() });
    },
  },
    field("You may set this rule aside. Why?", reason),
    h("button", {}, words),
  );
}

/** "11:00 AM, Encino, Dr. X" @param {any} slot @param {string} [day] left out if it is this one */
export function slotWords(slot, day) {
  const start = wallOf(slot.starts_at);
  const where = slot.mode === "telehealth" ? "by video" : slot.office?.name;
  const when = dayOf(start) === day ? timeWords(start) : momentWords(start);
  return [when, where, slot.therapist.display_name].filter(Boolean).join(", ");
}

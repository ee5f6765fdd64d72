/** The guarantee of a client in full: with whom, what was said, and what was decided. */

import { get } from "./api.js";
import { Dialog } from "./dialog.js";
import { choiceWords, openChoice } from "./guarantee-choice.js";
import { openSettlement } from "./guarantee-settlement.js";
import { openTrial } from "./guarantee-trial.js";
import { roundFacts, settlementFacts, stateWords } from "./guarantee-words.js";
import { h } from "./html.js";
import { note } from "./notes.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * `back` leads to the `session` that it was opened from, `told` is said above all.
 *
 * @typedef {{back?: () => void, session?: string, told?: string}} Ways
 */

/** @param {Desk} desk @param {string} id @param {Ways} [ways] */
export async function openGuarantee(desk, id, ways = {}) {
  try {
    show(desk, await get(`guarantees/${id}/`), ways);
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure;
    note(failure.message, { isAlert: true });
  }
}

/** @param {Desk} desk @param {any} guarantee @param {Ways} ways */
function show(desk, guarantee, { back, session, told }) {
  const { id, settlement, rounds, client } = guarantee;
  const may = new Set(guarantee.may);
  const dialog = new Dialog(`The guarantee of ${client.display_name}`);
  const again = (/** @type {string} */ words = "") => void openGuarantee(desk, id, { back, session, told: words });
  const leaveFor = (/** @type {() => void} */ go) => () => { dialog.close(); go(); };
  const button = (/** @type {string} */ words, /** @type {() => void} */ go, kind = "") =>
    h("button", { type: "button", class: kind, onclick: leaveFor(go) }, words);
  dialog.fill(
    h("p", { class: "lead" }, sentence(stateWords(guarantee))),
    settlement && h("div", { class: "ending" }, factsOf(settlementFacts(settlement))),
    ...[...rounds].reverse().map((/** @type {any} */ round) => roundOf(round)),
  ).foot(
    desk.isManager && may.has("refund") && button("Return the money…", () => openSettlement(desk, guarantee, "refund", again), "primary"),
    desk.isManager && may.has("decline") && button("Decline it…", () => openSettlement(desk, guarantee, "decline", again)),
    may.has("choose") && button(`${choiceWords(guarantee)}…`, () => openChoice(desk, guarantee, again), guarantee.state === "matched" ? "" : "primary"),
    may.has("trial") && button("Another session is the first…", () => openTrial(desk, guarantee, session, again)),
    h("span", { class: "gap" }),
    back ? button("To the session", back) : button("Close", () => {}),
  );
  if (told) dialog.complain(h("p", {}, told));
  dialog.open();
}

/** @param {any} round */
function roundOf(round) {
  return h("section", {},
    h("h3", {}, `With ${round.therapist.display_name}`),
    factsOf(roundFacts(round)),
    round.words && h("blockquote", {}, round.words));
}

/** @param {[string, string][]} facts */
function factsOf(facts) {
  return h("dl", { class: "facts" }, ...facts.flatMap(([name, words]) => [h("dt", {}, name), h("dd", {}, words)]));
}

/** @param {string} words */
const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;

/** The guarantee in words: how far it has come, and why somebody was no fit. */

import { dateWords, momentWords, wallOf } from "./wall.js";
import { STATUSES } from "./words.js";

/** @type {Record<string, string>} */
export const NO_FIT = {
  rapport: "It did not feel right",
  approach: "Another way of working is wanted",
  expertise: "Somebody with other experience is needed",
  level_of_care: "More, or other, care is needed",
  hours: "The hours do not suit",
  place: "The place, or video, does not suit",
  language: "The language does not suit",
  other: "Something else",
};

/** @type {Record<string, string>} */
const STATES = {
  intake: "promised, nobody is chosen yet",
  matched: "matched, no first session is booked",
  trial_booked: "the first session is booked",
  trial_attended: "the first session has been",
  continues: "they stay",
  rematch_asked: "another therapist is wanted",
  refund_asked: "the money back is wanted; the manager decides",
  refunded: "the money is returned",
  declined: "a refund was declined",
};

/** "the first session has been; they may ask until Jan 11, 2027" @param {any} guarantee */
export function stateWords({ state, ask_until: ask, credit_until: credit }) {
  return [
    STATES[state] ?? state,
    state === "trial_attended" && ask && `they may ask until ${dateWords(ask)}`,
    state === "rematch_asked" && credit && `until ${dateWords(credit)}`,
  ].filter(Boolean).join("; ");
}

/** Of the work list: what is wanted, why, and until when. @param {any} guarantee */
export function wantedWords({ state, reason, credit_until: until }) {
  const wanted = state === "refund_asked" ? "Wants the money back" : "Wants another therapist";
  const last = state !== "refund_asked" && until ? `, until ${dateWords(until)}` : "";
  return `${wanted}${last}: ${(NO_FIT[reason] ?? reason).toLowerCase()}`;
}

/** @type {Record<string, string>} what was said of a therapist */
const OUTCOMES = {
  continues: "They stay",
  rematch_asked: "Another therapist was wanted",
  refund_asked: "The money back was wanted",
};

/** @type {Record<string, string>} */
const PARTIES = { client: "the client", therapist: "the therapist" };

/** "$150.00" @param {number} cents @param {string} currency */
function moneyWords(cents, currency) {
  return new Intl.NumberFormat("en-US", { style: "currency", currency }).format(cents / 100);
}

/** What the manager has decided, as facts. @param {any} settlement @returns {[string, string][]} */
export function settlementFacts({ amount_cents: cents, currency, reason, decided_at: at, decided_by: by }) {
  return [
    ["Decided", cents === null ? "Nothing is returned" : `${moneyWords(cents, currency)} is returned`],
    ["Why", reason],
    ["By", [by?.display_name, momentWords(wallOf(at))].filter(Boolean).join(", ")],
  ];
}

/** One therapist of a guarantee, as facts. @param {any} round @returns {[string, string][]} */
export function roundFacts({ matched_at: matched, trial, is_free: isFree, outcome, said_by: by, reason, told_at: at, told_to: to }) {
  const said = [NO_FIT[reason]?.toLowerCase(), by && `says ${PARTIES[by] ?? by}`].filter(Boolean).join(", ");
  /** @type {[string, string][]} */
  const facts = [
    ["Matched", dateWords(wallOf(matched).slice(0, 10))],
    ["First session", trial ? sessionWords(trial, isFree) : "not booked yet"],
    ["After it", outcome && [OUTCOMES[outcome] ?? outcome, said].filter(Boolean).join(": ")],
    ["Written down", at && [to?.display_name, momentWords(wallOf(at))].filter(Boolean).join(", ")],
  ];
  return facts.filter(([, words]) => words);
}

/** @param {any} trial @param {boolean} isFree */
function sessionWords({ starts_at: at, status }, isFree) {
  return [momentWords(wallOf(at)), STATUSES[status].toLowerCase(), isFree && "free"].filter(Boolean).join(", ");
}

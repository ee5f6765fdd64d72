/** The guarantee in words: how far it has come, and why somebody was no fit. */

import { dateWords } from "./wall.js";

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

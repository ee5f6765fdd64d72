/** What somebody waits for, in words. */

import { hoursWords } from "./intake-words.js";
import { dateWords } from "./wall.js";

/** @typedef {import("./reference.js").Reference} Reference */

/** On one day. */
export const MOST_OFFERS = 10;

/** "Ada Lima, Encino, Tuesday, until Jan 4, 2027" @param {any} entry @param {Reference} reference */
export function wishWords(entry, reference) {
  const facts = new Map(wishesOf(entry, reference));
  return [facts.get("With"), facts.get("Where"), facts.get("When") ?? "any hour", `until ${facts.get("Until")}`]
    .filter(Boolean).join(", ");
}

/** What is any is left out, but for the session and the last day.
 *  @param {any} entry @param {Reference} reference @returns {[string, string][]} */
export function wishesOf(entry, reference) {
  const kind = reference.sessionType(entry.session_type);
  const name = (/** @type {{slug: string, name: string}[]} */ rows, /** @type {string | null} */ slug) =>
    rows.find((row) => row.slug === slug)?.name ?? slug ?? "";
  /** @type {[string, string][]} */
  const facts = [
    ["Session", kind ? `${kind.name}, ${kind.duration_minutes} min` : entry.session_type],
    ["With", entry.therapists.map((/** @type {any} */ one) => one.display_name).join(" or ")],
    ["Modality", name(reference.modalities, entry.modality)],
    ["Concern", name(reference.concerns, entry.concern)],
    ["Where", placesOf(entry)],
    ["When", hoursWords(entry)],
    ["Until", dateWords(entry.until)],
    ["Offers a day", String(entry.offers_per_day)],
  ];
  return facts.filter(([, words]) => words);
}

/** @param {any} entry */
function placesOf({ offices, modes }) {
  const names = offices.map((/** @type {any} */ one) => one.name);
  if (modes.length !== 1) return names.join(" or ");
  if (modes[0] === "telehealth") return ["by video", ...names].join(", from ");
  return names.join(" or ") || "in person";
}

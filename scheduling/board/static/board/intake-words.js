/** What an intake says, in words: who, for whom, what for, where and when. */

import { dateWords, timeWords } from "./wall.js";
import { AGE_GROUPS, WEEKDAYS } from "./words.js";

/** @typedef {import("./reference.js").Reference} Reference */

/** @type {[string, string][]} */
export const INTAKE_STATUSES = [["new", "New"], ["registered", "Registered"], ["closed", "Closed"]];

/** @type {Record<string, string>} */
export const FOR_WHOM = {
  self: "For themselves",
  minor: "For a minor",
  couple: "For a couple",
  family: "For a family",
};

/** @type {Record<string, string>} */
export const GENDERS = { woman: "a woman", man: "a man", non_binary: "somebody non-binary" };

/** @type {Record<string, string>} */
const SOURCES = { website: "On the website", front_desk: "At the front desk" };

/** @type {Record<string, string>} what a wish is called, with the choices that must be met */
export const MUSTS = {
  concern: "the concern",
  modality: "the modality",
  language: "the language",
  gender: "the gender",
  place: "the place",
  hours: "the hours",
};

const YEAR = 365.25 * 86_400_000;
const ADOLESCENT = 13;
const ADULT = 18;
const OLDER = 65;

/** @param {any} intake those who would come, without guardians */
export const clientsOf = (intake) => intake.people.filter((/** @type {any} */ one) => one.role === "client");

/** @param {any} person */
export const nameOf = (person) => `${person.first_name} ${person.last_name}`;

/** @param {any} intake "Robin Ray and Kim Ray" */
export function namesOf(intake) {
  return new Intl.ListFormat("en-US").format(clientsOf(intake).map(nameOf));
}

/** Completed years, by the birthday or by the age as it was told. @param {any} person
 *  @param {any} intake @param {string} today */
function yearsOf(person, intake, today) {
  if (person.born_on) {
    const years = Number(today.slice(0, 4)) - Number(person.born_on.slice(0, 4));
    return years - Number(today.slice(5) < person.born_on.slice(5));
  }
  const since = Date.parse(today) - Date.parse(intake.created_at.slice(0, 10));
  return person.age + Math.floor(Math.max(since, 0) / YEAR);
}

/** "Adolescent", "Adult, child" @param {any} intake @param {string} today */
export function ageGroupWords(intake, today) {
  const groups = clientsOf(intake).map((/** @type {any} */ one) => groupOf(yearsOf(one, intake, today)));
  const [first, ...rest] = [...new Set(groups)].map((group) => AGE_GROUPS[group]);
  return [first, ...rest.map((each) => each.toLowerCase())].join(", ");
}

/** @param {number} years */
function groupOf(years) {
  if (years < ADOLESCENT) return "child";
  if (years < ADULT) return "adolescent";
  return years < OLDER ? "adult" : "older_adult";
}

/** What is told of a person, a line. @param {any} person @param {any} intake @param {string} today */
export function personWords(person, intake, today) {
  const isClient = person.role === "client";
  return [
    isClient ? `${yearsOf(person, intake, today)} years` : person.relationship || "guardian",
    person.born_on && `born ${dateWords(person.born_on)}`,
    person.pronouns,
    person.phone?.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3"),
    person.email,
  ].filter(Boolean).join(", ");
}

/** The facts and wishes, each with its name; what is any is left out.
 *  @param {any} intake @param {Reference} reference @returns {[string, string][]} */
export function factsOf(intake, reference) {
  const named = (/** @type {{slug: string, name: string}[]} */ rows, /** @type {string} */ slug) =>
    rows.find((row) => row.slug === slug)?.name ?? slug.replaceAll("-", " ");
  const places = [
    ...intake.offices.map((/** @type {string} */ slug) => named(reference.offices, slug)),
    ...(intake.by_video ? ["by video"] : []),
  ];
  /** @type {[string, string][]} */
  const facts = [
    ["Main concern", named(reference.concerns, intake.main_concern)],
    ["Also", intake.other_concerns.map((/** @type {string} */ slug) => named(reference.concerns, slug)).join(", ")],
    ["Modality", intake.modalities.map((/** @type {string} */ slug) => named(reference.modalities, slug)).join(" or ")],
    ["Language", intake.languages.map(languageWords).join(" or ")],
    ["Therapist", intake.genders.map((/** @type {string} */ gender) => GENDERS[gender] ?? gender).join(" or ")],
    ["Where", places.join(" or ")],
    ["When", hoursWords(intake)],
    ["Begin", intake.start_within_days ? `within ${intake.start_within_days} days` : ""],
    ["Must be met", intake.musts.map((/** @type {string} */ must) => MUSTS[must] ?? must).join(", ")],
    ["State", intake.state === "CA" ? "" : intake.state],
    ["Told", SOURCES[intake.source] ?? intake.source],
  ];
  return facts.filter(([, words]) => words);
}

/** "Tuesday, Wednesday, 5:00 PM – 9:00 PM"; of the end, when a session is over. @param {any} wishes with weekdays, time_from, time_to */
export function hoursWords({ weekdays, time_from: from, time_to: to }) {
  const days = weekdays.length < WEEKDAYS.length ? weekdays.map((/** @type {number} */ day) => WEEKDAYS[day]) : [];
  return [...days, betweenWords(from, to)].filter(Boolean).join(", ");
}

/** @param {string} from @param {string} to */
function betweenWords(from, to) {
  if (to === "24:00") return from === "00:00" ? "" : `from ${clockWords(from)}`;
  return from === "00:00" ? `over by ${clockWords(to)}` : `${clockWords(from)} – ${clockWords(to)}`;
}

/** @param {string} clock */
const clockWords = (clock) => timeWords(`2026-01-05T${clock}:00`);

/** "Spanish" @param {string} code */
export function languageWords(code) {
  return new Intl.DisplayNames("en-US", { type: "language" }).of(code) ?? code;
}

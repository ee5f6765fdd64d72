/** Figures in words: minutes as hours, shares in per cent, cents as dollars. */

import { h } from "../html.js";
import { spanWords, wallAt } from "../wall.js";
import { WEEKDAYS } from "../words.js";

const SPACE = "\u00a0"; // which no line ends at
const ANY_DAY = "2027-01-04";
const percent = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });
const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** "162 h 30 min" @param {number} minutes */
export function hoursWords(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const told = [hours > 0 && `${number.format(hours)} h`, (rest > 0 || hours === 0) && `${rest} min`];
  return told.filter(Boolean).join(" ").replaceAll(" ", SPACE);
}

/** "1,204" @param {number} count */
export const countWords = (count) => number.format(count);

/** "2.5 days" @param {number} days */
export const lengthWords = (days) =>
  `${number.format(days)}${SPACE}${number.format(days) === "1" ? "day" : "days"}`;

/** @param {number} cents */
export const moneyWords = (cents) => dollars.format(cents / 100);

/** "83.3%" @param {number} share */
export const shareWords = (share) => percent.format(share);

/** A share of something; of nothing there is none. @param {number} part @param {number} whole */
export const partWords = (part, whole) => (whole === 0 ? "–" : shareWords(part / whole));

/** "3 (23.1%)" @param {number} part @param {number} whole */
export const countOf = (part, whole) =>
  (whole === 0 ? countWords(part) : `${countWords(part)}${SPACE}(${shareWords(part / whole)})`);

/** A share in words with a bar beside it, which says nothing more. @param {number} share */
export function shareBar(share) {
  const bar = h("span", { class: share > 1 ? "share-bar is-over" : "share-bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(Math.min(share, 1)));
  return [bar, h("span", { class: "share" }, shareWords(share))];
}

/** What a row is of, as the API names it. @type {import("./table.js").Key[]} */
const KEYS = [
  { name: "office", words: "Office", tell: (row) => row.office?.name ?? "By video, from elsewhere" },
  { name: "therapist", words: "Therapist", tell: (row) => row.therapist.display_name },
  { name: "weekday", words: "Weekday", tell: (row) => WEEKDAYS[row.weekday] },
  { name: "hour", words: "Hour", tell: (row) => hourWords(row.hour) },
  { name: "session_type", words: "Kind of session", tell: (row) => row.session_type.name },
  { name: "modality", words: "Modality", tell: (row) => row.modality?.name ?? "No modality" },
];

/** Headings of rows, in the API's order. @param {string[]} by */
export const keysOf = (by) => KEYS.filter((key) => by.includes(key.name));

/** A choice among these, as a select takes it. @param {string[]} names @returns {[string, string][]} */
export const keyChoices = (names) => keysOf(names).map((key) => [key.name, key.words]);

/** "9:00 – 10:00 AM" @param {number} hour */
function hourWords(hour) {
  const clock = (/** @type {number} */ each) => wallAt(ANY_DAY, `${String(each % 24).padStart(2, "0")}:00`);
  return spanWords(clock(hour), clock(hour + 1)).replaceAll(" ", SPACE);
}

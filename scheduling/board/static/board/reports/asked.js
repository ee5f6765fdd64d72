/** What the reports are asked: weeks, office, therapist and groupings, kept in the address. */

import { today } from "../place.js";
import { addDays, isDay, mondayOf } from "../wall.js";

export const MOST_WEEKS = 13;
const WEEK = 7;
const BEGINS = -4;
const WEEKS = 4;

/** Spans by their first week, counted from this one, and their length.
 *  @type {[string, number, number][]} */
export const USUAL = [
  ["Last week", -1, 1],
  ["This week", 0, 1],
  ["Last 4 weeks", BEGINS, WEEKS],
  ["Last 13 weeks", -MOST_WEEKS, MOST_WEEKS],
  ["Next 4 weeks", 1, 4],
];

export class Asked {
  /** @param {URLSearchParams} said @param {string} zone @param {string} me the therapist
   *   whose own page it is, if it is one's own */
  constructor(said, zone, me) {
    this.zone = zone;
    this.me = me;
    /** @type {string} a Monday */
    this.from = "";
    this.weeks = 0;
    this.take(BEGINS, WEEKS);
    this.office = said.get("office") ?? "";
    this.therapist = me || (said.get("therapist") ?? "");
    /** What each report is grouped by, where it is not as usual. @type {Map<string, string>} */
    this.choices = new Map();
    this.said = said;
    const [from, to] = [said.get("from") ?? "", said.get("to") ?? ""];
    if (!isDay(from) || !isDay(to) || to < from) return;
    this.from = mondayOf(from);
    const days = (Date.parse(to) - Date.parse(this.from)) / 86_400_000 + 1;
    this.weeks = Math.min(Math.ceil(days / WEEK), MOST_WEEKS);
  }

  /** A span as in `USUAL`. @param {number} begins @param {number} weeks */
  take(begins, weeks) {
    this.from = addDays(mondayOf(today(this.zone)), begins * WEEK);
    this.weeks = weeks;
  }

  /** Whether that is the span. @param {number} begins @param {number} weeks */
  isOf(begins, weeks) {
    return this.weeks === weeks && this.from === addDays(mondayOf(today(this.zone)), begins * WEEK);
  }

  /** To the span after it, or with -1 before it. @param {number} count */
  turn(count) {
    this.from = addDays(this.from, count * this.weeks * WEEK);
  }

  /** The last day, a Sunday. */
  get to() {
    return addDays(this.from, this.weeks * WEEK - 1);
  }

  /** As a report takes it, by one or two of its keys. @param {string[]} [by] */
  query(by = []) {
    const query = new URLSearchParams({ from: this.from, to: this.to });
    if (this.office) query.set("office", this.office);
    if (this.therapist) query.set("therapist", this.therapist);
    for (const key of by) query.append("by", key);
    return query;
  }

  /** Without what is usual. */
  get search() {
    const said = new URLSearchParams();
    if (!this.isOf(BEGINS, WEEKS)) {
      said.set("from", this.from);
      said.set("to", this.to);
    }
    if (this.office) said.set("office", this.office);
    if (this.therapist && !this.me) said.set("therapist", this.therapist);
    for (const [name, value] of this.choices) said.set(name, value);
    return said.size ? `?${said}` : "";
  }
}

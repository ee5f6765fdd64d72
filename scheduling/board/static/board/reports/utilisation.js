/** How full the hours are, in a table. */

import { h } from "../html.js";
import { hoursWords, keyChoices, keysOf, shareBar } from "./figures.js";
import { Report } from "./report.js";
import { sumOf, tableOf } from "./table.js";

/** @typedef {import("../html.js").Child} Child */

/** @type {import("./table.js").Column[]} */
const COLUMNS = [
  { words: "Hours", tell: (row) => hoursWords(row.available_minutes) },
  { words: "Booked", tell: (row) => hoursWords(row.booked_minutes) },
  { words: "Share", tell: shareOf },
];

/** @param {any} row @returns {Child | Child[]} */
function shareOf({ utilisation }) {
  return utilisation === null ? "outside hours" : shareBar(utilisation);
}

export class Utilisation extends Report {
  /** @param {import("./report.js").Around} around */
  constructor(around) {
    super("How full the hours are", around);
    const names = ["office", ...(this.asked.me ? [] : ["therapist"]), "weekday", "hour"];
    this.by = this.choose("by", "A row for each", keyChoices(names), "office");
    this.then = this.choose("then", "and for each", [["", "nothing more"], ...keyChoices(names)], "");
  }

  get keys() {
    return keysOf([this.by.value, this.then.value]);
  }

  /** @override */
  get look() {
    return /** @type {const} */ ("is-beside");
  }

  /** @override */
  get address() {
    return `reports/utilisation/?${this.asked.query(this.keys.map((key) => key.name))}`;
  }

  /** @override @param {string} text */
  show(text) {
    const { results } = JSON.parse(text);
    if (results.length === 0) return [h("p", {}, "Nobody has hours or sessions then.")];
    const sums = sumOf(results, ["available_minutes", "booked_minutes"]);
    const { available_minutes: available, booked_minutes: booked } = sums;
    const total = { ...sums, utilisation: available === 0 ? null : booked / available };
    return [tableOf({ caption: this.caption("Hours, and what is booked of them"), keys: this.keys,
      columns: COLUMNS, rows: results, total })];
  }
}

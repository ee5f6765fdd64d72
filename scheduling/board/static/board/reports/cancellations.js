/** What became of the sessions, and of each client's part in them. */

import { h } from "../html.js";
import { ATTENDANCES, STATUSES } from "../words.js";
import { countWords, keyChoices, keysOf, partWords } from "./figures.js";
import { Report } from "./report.js";
import { sumOf, tableOf } from "./table.js";

/** @typedef {import("./table.js").Column} Column */

const CLOSED = ["completed", "cancelled", "late_cancelled", "cancelled_by_practice", "no_show"];
const LOST = ["cancelled", "late_cancelled", "cancelled_by_practice", "no_show"];
const CAME = ["expected", "attended", "cancelled", "late_cancelled", "no_show"];

/** @param {string} name @param {string} words @returns {Column} */
const count = (name, words) => ({ words, tell: (row) => countWords(row[name]) });

/** @type {Column[]} */
const OF_SESSIONS = [
  count("sessions", "All"),
  count("open", "Still open"),
  ...CLOSED.map((name) => count(name, STATUSES[name])),
  { words: "Did not take place", tell: (row) => partWords(LOST.reduce((all, name) => all + row[name], 0), row.sessions) },
  count("refilled", "Hour filled again"),
];
/** @type {Column[]} */
const OF_CLIENTS = [
  count("attendances", "All"),
  ...CAME.map((name) => count(`attendances_${name}`, upper(ATTENDANCES[name]))),
  { words: "No-shows, of those expected",
    tell: (row) => partWords(row.attendances_no_show, row.attendances_no_show + row.attendances_attended) },
];
const SUMS = ["sessions", "open", ...CLOSED, "refilled", "attendances", ...CAME.map((name) => `attendances_${name}`)];

/** @param {string} words */
function upper(words) {
  return words[0].toUpperCase() + words.slice(1);
}

export class Cancellations extends Report {
  /** @param {import("./report.js").Around} around */
  constructor(around) {
    super("Cancellations and no-shows", around);
    const names = ["office", "therapist", "session_type"];
    this.by = this.choose("sessions_by", "A row for each", keyChoices(names), "office");
  }

  /** @override */
  get look() {
    return /** @type {const} */ ("is-beside");
  }

  /** @override */
  get address() {
    return `reports/cancellations/?${this.asked.query([this.by.value])}`;
  }

  /** @override @param {string} text */
  show(text) {
    const { results } = JSON.parse(text);
    if (results.length === 0) return [h("p", {}, "There are no sessions then.")];
    const rows = { keys: keysOf([this.by.value]), rows: results, total: sumOf(results, SUMS) };
    return [
      tableOf({ caption: this.caption("Sessions that begin then"), columns: OF_SESSIONS, ...rows }),
      tableOf({ caption: this.caption("Clients in these sessions, of a couple or a group each"), columns: OF_CLIENTS, ...rows }),
    ];
  }
}

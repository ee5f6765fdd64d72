/** The guarantees: with how many it fits, and what it costs where it does not. */

import { h } from "../html.js";
import { countOf, countWords, keyChoices, keysOf, lengthWords, moneyWords } from "./figures.js";
import { Report } from "./report.js";
import { sumOf, tableOf } from "./table.js";

/** @typedef {import("./table.js").Column} Column */

const COUNTS = ["matched", "attended", "continued", "rematched", "refund_asked", "refunded", "declined"];
const MONEY = "The money back";

/** @param {string} name @param {string} words @param {string} [over] */
const count = (name, words, over) => ({ words, over, tell: (/** @type {any} */ row) => countWords(row[name]) });

/** @type {Column[]} */
const COLUMNS = [
  count("matched", "Matched"),
  count("attended", "Came to the first session"),
  { words: "Stay", tell: (row) => countOf(row.continued, row.attended) },
  count("rematched", "Want another therapist"),
  count("refund_asked", "Asked for", MONEY),
  count("refunded", "Returned", MONEY),
  { words: "In all", over: MONEY, tell: (row) => moneyWords(row.refunded_cents) },
  count("declined", "Declined", MONEY),
  { words: "Until the first session", hint: "median",
    tell: ({ days_to_session: days }) => typeof days === "number" && lengthWords(days) },
];

export class Guarantees extends Report {
  /** @param {import("./report.js").Around} around */
  constructor(around) {
    super("The guarantee", around);
    this.by = this.choose("guarantees_by", "A row for each", keyChoices(["office", "therapist", "modality"]), "therapist");
  }

  /** @override */
  get address() {
    return `reports/guarantees/?${this.asked.query([this.by.value])}`;
  }

  /** @override @param {string} text */
  show(text) {
    const { results } = JSON.parse(text);
    if (results.length === 0) return [h("p", {}, "Nobody was matched under the guarantee then.")];
    // By modality each counts once for all that their therapist practises: no sum is theirs.
    const total = this.by.value === "modality" ? undefined : sumOf(results, [...COUNTS, "refunded_cents"]);
    return [tableOf({ caption: this.caption("Those who were matched then"), keys: keysOf([this.by.value]),
      columns: COLUMNS, rows: results, total })];
  }
}

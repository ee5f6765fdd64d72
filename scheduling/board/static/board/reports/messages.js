/** What became of the messages; the server tells it day by day, which is too long to read. */

import { h } from "../html.js";
import { dayWords } from "../wall.js";
import { CHANNELS, MESSAGES } from "../words.js";
import { countOf, countWords } from "./figures.js";
import { Report } from "./report.js";
import { sumOf, tableOf } from "./table.js";

/** @typedef {import("./table.js").Key} Key */

const SUMS = ["planned", "waiting", "sent", "delivered", "failed", "unknown", "expired", "answered"];
/** @type {Record<string, Key>} */
const KEYS = {
  kind: { name: "kind", words: "Message", tell: (row) => MESSAGES[row.kind] ?? row.kind },
  channel: { name: "channel", words: "By", tell: (row) => CHANNELS[row.channel] ?? row.channel },
  date: { name: "date", words: "Day", tell: (row) => dayWords(row.date) },
};
/** @type {[string, string][]} */
const GROUPINGS = [["kind", "Message"], ["channel", "Way"], ["date", "Day"]];

/** @param {string} name @param {string} words @param {string} [over] */
const count = (name, words, over) => ({ words, over, tell: (/** @type {any} */ row) => countWords(row[name]) });

/** @type {import("./table.js").Column[]} */
const COLUMNS = [
  count("planned", "Due"),
  count("waiting", "Waiting"),
  count("sent", "Sent"),
  count("delivered", "Known to have arrived", "Of those sent"),
  { words: "Answered", over: "Of those sent", tell: (row) => countOf(row.answered, row.sent) },
  count("failed", "Failed", "Not sent"),
  count("unknown", "Perhaps", "Not sent"),
  count("expired", "Too late", "Not sent"),
];

export class Messages extends Report {
  /** @param {import("./report.js").Around} around */
  constructor(around) {
    super("Messages", around);
    this.by = this.choose("messages_by", "A row for each", GROUPINGS, "kind");
  }

  /** @override */
  get address() {
    return `reports/messages/?${this.asked.query()}`;
  }

  /** @override @param {string} text */
  show(text) {
    const { results } = JSON.parse(text);
    if (results.length === 0) return [h("p", {}, "No message is due then.")];
    const keys = this.by.value === "kind" ? [KEYS.kind, KEYS.channel] : [KEYS[this.by.value]];
    return [tableOf({ caption: this.caption("Messages due then"), keys, columns: COLUMNS,
      rows: together(results, keys), total: sumOf(results, SUMS) })];
  }
}

/** Rows that are the same by these keys, added up, in the order of their names.
 *  @param {any[]} rows @param {Key[]} keys */
function together(rows, keys) {
  const same = (/** @type {any} */ row) => keys.map((key) => row[key.name]).join(" ");
  return [...new Set(rows.map(same))].sort().map((one) => {
    const members = rows.filter((row) => same(row) === one);
    return { ...members[0], ...sumOf(members, SUMS) };
  });
}

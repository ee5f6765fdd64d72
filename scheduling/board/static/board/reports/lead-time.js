/** How long somebody new waits for the first free hour, by modality and office. */

import { h } from "../html.js";
import { momentWords, wallOf } from "../wall.js";
import { lengthWords } from "./figures.js";
import { Report } from "./report.js";
import { tableOf } from "./table.js";

/** @typedef {{modality: any, leads: Map<string | undefined, any>}} Row of a modality, by office */

export class LeadTime extends Report {
  /** @param {import("./report.js").Around} around */
  constructor(around) {
    super("How long somebody new waits", around);
    const { sessionTypes } = this.reference;
    const usual = sessionTypes.find((one) => one.for_new_clients && one.is_active && !one.telehealth_only);
    this.kind = this.choose("session_type", "For", this.reference.sessionTypeChoices(),
      (usual ?? sessionTypes[0])?.slug ?? "");
  }

  /** @override */
  get isOfSpan() {
    return false;
  }

  /** @override */
  get look() {
    return /** @type {const} */ ("is-wide");
  }

  /** @override */
  get address() {
    return `reports/lead-time/?session_type=${this.kind.value}`;
  }

  /** @override @param {string} text */
  show(text) {
    const { at, results } = JSON.parse(text);
    if (results.length === 0) return [h("p", {}, "Nothing is offered to anybody.")];
    const offices = new Map(results.map((/** @type {any} */ one) => [one.office?.slug, one.office?.name ?? "By video"]));
    return [
      tableOf({
        caption: `From ${momentWords(wallOf(at))} until the first free hour, in person at an office or by video, with anybody`,
        keys: [{ name: "modality", words: "Modality", tell: (row) => row.modality.name }],
        columns: [...offices].map(([slug, words]) => ({ words, tell: (/** @type {Row} */ row) => leadOf(row.leads.get(slug)) })),
        rows: rowsOf(results),
      }),
      h("p", { class: "quiet" }, "For an adult whom nobody knows yet, as the search finds it; not of the weeks, the office or the therapist above."),
    ];
  }
}

/** @param {any[]} results in order of modality @returns {Row[]} */
function rowsOf(results) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const one of results) {
    const { modality } = one;
    if (!rows.has(modality.slug)) rows.set(modality.slug, { modality, leads: new Map() });
    rows.get(modality.slug)?.leads.set(one.office?.slug, one);
  }
  return [...rows.values()];
}

/** @param {any} lead */
function leadOf(lead) {
  if (!lead?.slot) return "none within 92 days";
  const start = wallOf(lead.slot.starts_at);
  return [lengthWords(lead.days),
    h("span", { class: "hint" }, momentWords(start)), h("span", { class: "hint" }, lead.slot.therapist.display_name)];
}

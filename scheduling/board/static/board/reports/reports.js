/** The reports on one page: of the practice for the front desk, of oneself for a therapist. */

import { list, serverNow } from "../api.js";
import { startSomehow, tellReached } from "../connection.js";
import { refill } from "../dialog.js";
import { byId, enable, h, icon, press } from "../html.js";
import { note } from "../notes.js";
import { Reference } from "../reference.js";
import { daysWords, isDay, mondayOf, momentWords, wallNow } from "../wall.js";
import { counted } from "../words.js";
import { Asked, MOST_WEEKS, USUAL } from "./asked.js";
import { Cancellations } from "./cancellations.js";
import { Guarantees } from "./guarantees.js";
import { HeatMap } from "./heat-map.js";
import { LeadTime } from "./lead-time.js";
import { Messages } from "./messages.js";
import { Utilisation } from "./utilisation.js";

/** @typedef {import("./report.js").Report} Report */

const AGAIN_AFTER = 5_000;
const OWN = [Utilisation, HeatMap];
const ALL = [Utilisation, HeatMap, Cancellations, LeadTime, Messages, Guarantees];
const me = document.body.dataset.therapist ?? "";
const zone = document.body.dataset.zone ?? "UTC";

class Reports {
  constructor() {
    this.asked = new Asked(new URLSearchParams(location.search), zone, me);
    /** @type {Report[]} */
    this.reports = [];
    /** Those that are read again by and by. @type {Set<Report>} */
    this.missing = new Set();
  }

  async start() {
    const [offices, therapists, sessionTypes] = await Promise.all([
      list("offices/?limit=200"),
      me ? [] : list("therapists/?limit=200"),
      me ? [] : list("session-types/?limit=200"),
    ]);
    this.reference = new Reference({ offices, rooms: [], therapists, sessionTypes, modalities: [], concerns: [] });
    this.settle();
    const around = { asked: this.asked, reference: this.reference,
      changed: (/** @type {Report} */ report) => { this.tell(); void this.read([report]); } };
    this.reports = (me ? OWN : ALL).map((Each) => new Each(around));
    byId("reports").append(...this.reports.map((one) => one.element));
    this.listen();
    this.tell();
    setInterval(() => this.readAgain(), AGAIN_AFTER);
    addEventListener("online", () => this.readAgain());
    document.addEventListener("visibilitychange", () => this.readAgain());
    await this.read(this.reports);
  }

  /** Fill the filters; what the address names and is not there is asked for by nobody. */
  settle() {
    const { asked, reference } = this;
    const { offices, therapists } = /** @type {Reference} */ (reference);
    const isKnown = (!asked.office || reference?.office(asked.office)) &&
      (!asked.therapist || me || reference?.therapist(asked.therapist));
    if (!isKnown) {
      asked.office = asked.therapist = "";
      note("The address of this page names a person or a place that is not there. This is everybody, everywhere.",
        { isAlert: true });
    }
    refill(byId("office"), [["", "All offices"], ...choices(offices, (one) => [one.slug, one.name], "closed")], asked.office);
    if (!me) {
      refill(byId("therapist"),
        [["", "All therapists"], ...choices(therapists, (one) => [one.id, one.display_name], "left")], asked.therapist);
    }
    refill(byId("weeks"), Array.from({ length: MOST_WEEKS }, (_, index) =>
      [String(index + 1), counted(index + 1, "week")]), String(asked.weeks));
  }

  listen() {
    const { asked } = this;
    byId("earlier").prepend(icon("previous"));
    byId("later").append(icon("next"));
    enable("earlier", () => this.change(() => asked.turn(-1)));
    enable("later", () => this.change(() => asked.turn(1)));
    enable("print", () => print());
    byId("usual").append(...USUAL.map(([words, begins, weeks]) =>
      h("button", { type: "button", "data-begins": begins, "data-weeks": weeks,
        onclick: () => this.change(() => asked.take(begins, weeks)) }, words)));
    const on = (/** @type {string} */ id, /** @type {(value: string) => void} */ act) => {
      byId(id).disabled = false;
      byId(id).addEventListener("change", () => this.change(() => act(byId(id).value)));
    };
    on("from", (day) => { if (isDay(day)) asked.from = mondayOf(day); });
    byId("from").addEventListener("blur", () => this.tell());
    on("weeks", (weeks) => { asked.weeks = Number(weeks); });
    on("office", (slug) => { asked.office = slug; });
    if (!me) on("therapist", (id) => { asked.therapist = id; });
  }

  /** @param {() => void} act */
  change(act) {
    const before = String(this.asked.query());
    act();
    this.tell();
    if (String(this.asked.query()) !== before) void this.read(this.reports.filter((one) => one.isOfSpan));
  }

  tell() {
    const { asked } = this;
    const span = daysWords(asked.from, asked.to);
    byId("span").textContent = span;
    document.title = `Reports, ${span} · My LA Therapy`;
    if (document.activeElement !== byId("from")) byId("from").value = asked.from; // nobody types there
    byId("weeks").value = String(asked.weeks);
    press("#usual button", ({ dataset }) => asked.isOf(Number(dataset.begins), Number(dataset.weeks)));
    history.replaceState(null, "", location.pathname + asked.search);
  }

  /** @param {Report[]} reports */
  async read(reports) {
    await Promise.all(reports.map(async (report) => {
      const failure = await report.read();
      if (failure) this.missing.add(report);
      else this.missing.delete(report);
      if (failure || this.missing.size === 0) tellReached(failure);
    }));
    if (this.reports.every((one) => one.isForbidden)) note("You may not read any of these reports.", { isAlert: true });
    if (this.missing.size === 0) byId("read-at").textContent = `Read ${momentWords(wallNow(zone, serverNow()))}`;
  }

  readAgain() {
    const reports = [...this.missing].filter((one) => !one.latest.isReading);
    if (!document.hidden && reports.length > 0) void this.read(reports);
  }
}

/** By name, and after them those that are no more.
 *  @template {{is_active: boolean}} T
 *  @param {T[]} rows @param {(one: T) => [string, string]} told @param {string} gone
 *  @returns {[string, string][]} */
function choices(rows, told, gone) {
  const [there, others] = [rows.filter((one) => one.is_active), rows.filter((one) => !one.is_active)];
  const sorted = (/** @type {T[]} */ some) => some.map(told).sort((one, other) => one[1].localeCompare(other[1]));
  return [...sorted(there),
    ...sorted(others).map(([value, words]) => /** @type {[string, string]} */ ([value, `${words} (${gone})`]))];
}

void startSomehow(() => new Reports().start());

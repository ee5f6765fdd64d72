/** My hours: every week, and on single dates. */

import { get, list, post } from "../api.js";
import { startSomehow } from "../connection.js";
import { Dialog, field, select } from "../dialog.js";
import { byId, enable, h } from "../html.js";
import { note } from "../notes.js";
import { today } from "../place.js";
import { Reference } from "../reference.js";
import { addDays, longDayWords } from "../wall.js";
import { WEEKDAYS } from "../words.js";
import { proposed, showHours } from "./hours-grid.js";
import { WindowFields, clockWords, modeWords } from "./hours-words.js";
import { leftWords, weigh } from "./weigh.js";

const me = document.body.dataset.therapist ?? "";
/** @type {[string, string][]} */
const RHYTHMS = Array.from({ length: 8 }, (_, index) =>
  [String(index + 1), index === 0 ? "Every week" : `Every ${index + 1} weeks`]);

class Hours {
  async start() {
    const [offices, therapist] = await Promise.all([list("offices/?limit=200&is_active=true"), get(`therapists/${me}/`)]);
    this.reference = Reference.ofOffices(offices);
    this.therapist = therapist;
    this.offices = this.reference.offices.filter((one) => therapist.offices.includes(one.slug));
    enable("add", () => this.openRule(this.fresh(0)));
    enable("add-date", () => this.openDate({ ...this.window(), date: this.today }));
    await this.read();
  }

  get today() {
    return today(document.body.dataset.zone ?? "UTC");
  }

  async read() {
    const [rules, dates] = await Promise.all([
      list(`availability-rules/?limit=200&therapist=${me}`),
      list(`availability-overrides/?limit=200&therapist=${me}&date_from=${this.today}`),
    ]);
    const present = rules.filter((one) => one.valid_until === null || one.valid_until >= this.today);
    showHours(byId("hours"), present, this.today, {
      opened: (rule) => this.openRule(rule),
      wanted: (weekday, hour) => this.openRule(this.fresh(weekday, hour)),
      colorOf: (slug) => /** @type {Reference} */ (this.reference).colorOf(slug),
      nameOf: (slug) => this.nameOf(slug),
    });
    byId("dates").replaceChildren(...dates.map((one) => this.rowOf(one)),
      ...(dates.length === 0 ? [h("li", { class: "quiet" }, "None. Add a date to open hours on it, also on a day without weekly hours.")] : []));
  }

  /** @param {string | null} slug */
  nameOf(slug) {
    return slug ? this.reference?.office(slug)?.name ?? slug : "Elsewhere, by video";
  }

  /** @param {any} one */
  rowOf(one) {
    return h("li", { class: this.reference?.colorOf(one.office) },
      h("p", {}, h("strong", {}, longDayWords(one.date)), ` ${clockWords(one)}`,
        h("span", { class: "quiet" }, ` ${this.nameOf(one.office)}${one.office ? `, ${modeWords(one)}` : ""}`)),
      h("button", { type: "button", "aria-label": `Change ${longDayWords(one.date)}`, onclick: () => this.openDate(one) }, "Change…"));
  }

  /** @param {number} [hour] */
  window(hour) {
    const office = this.offices?.[0]?.slug ?? null;
    const mode = office === null ? "telehealth" : this.therapist.telehealth ? "both" : "in_person";
    return { ...proposed(hour), office, mode };
  }

  /** @param {number} weekday @param {number} [hour] */
  fresh(weekday, hour) {
    return { ...this.window(hour), weekday, every_weeks: 1, valid_from: this.today, valid_until: null };
  }

  /** @param {any} rule with an id if it is there */
  openRule(rule) {
    const weekday = select(WEEKDAYS.map((name, index) => [String(index), name]), String(rule.weekday));
    const rhythm = select(RHYTHMS, String(rule.every_weeks));
    const from = h("input", { type: "date", value: rule.valid_from, required: true });
    const until = h("input", { type: "date", value: rule.valid_until ?? "" });
    const hint = h("p", { class: "quiet" }, "Including that day. Empty: until further notice.");
    this.open(rule, "availability-rules/", {
      title: "Weekly hours",
      before: h("div", { class: "pair" }, field("Day", weekday), field("How often", rhythm)),
      after: h("div", { class: "pair" }, field("Valid from", from), field("Valid until (optional)", until, hint)),
      values: () => ({
        weekday: Number(weekday.value),
        every_weeks: Number(rhythm.value),
        valid_from: from.value,
        valid_until: until.value || null,
      }),
    });
  }

  /** @param {any} one with an id if it is there */
  openDate(one) {
    const date = h("input", { type: "date", value: one.date, required: true });
    this.open(one, "availability-overrides/", {
      title: "Hours on one date",
      before: field("Date", date),
      after: null,
      values: () => ({ date: date.value }),
    });
  }

  /** Hours that were in force end with yesterday: the weeks that were keep them.
   *  @param {any} hours @param {string} path @returns {import("./weigh.js").Change} */
  removal(hours, path) {
    return hours.valid_from < this.today
      ? { method: "PATCH", path, body: { valid_until: addDays(this.today, -1) } }
      : { method: "DELETE", path };
  }

  /**
   * @param {any} hours @param {string} path
   * @param {{title: string, before: any, after: any, values: () => any}} parts
   */
  open(hours, path, { title, before, after, values }) {
    const isNew = hours.id === undefined;
    const offices = this.reference?.offices.filter((one) =>
      one.slug === hours.office || this.offices?.includes(one)) ?? [];
    const window = new WindowFields(hours, offices);
    const dialog = new Dialog(isNew ? `Add: ${title.toLowerCase()}` : title);
    const done = (/** @type {string} */ words) => async (/** @type {number} */ uncovered) => {
      note(words + leftWords(uncovered));
      await this.read();
    };
    const save = async () => {
      const body = { ...values(), ...window.values };
      if (!isNew) {
        await weigh(dialog, { method: "PATCH", path: `${path}${hours.id}/`, body }, "Change them", done("Your hours are changed."));
        return;
      }
      const made = await dialog.during(() => post(path, { therapist: me, ...body }));
      if (!made) return;
      dialog.close();
      await done("Your hours are added.")(0);
    };
    const remove = () => weigh(dialog, this.removal(hours, `${path}${hours.id}/`), "Remove them", done("The hours are gone."));
    dialog.fill(h("form", { id: "hours-form", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void save();
    } }, before, ...window.elements, after)).foot(
      h("button", { class: "primary", form: "hours-form" }, isNew ? "Add" : "Save"),
      h("span", { class: "gap" }),
      !isNew && h("button", { type: "button", class: "danger", onclick: remove }, "Remove"),
    ).open();
  }
}

void startSomehow(() => new Hours().start());

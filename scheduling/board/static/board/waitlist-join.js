/** Putting somebody on the waitlist: who, and for which hours. */

import { post } from "./api.js";
import { openBooking } from "./booking.js";
import { ClientPicker } from "./client-picker.js";
import { Dialog, field, select } from "./dialog.js";
import { HoursWish } from "./hours-wish.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { slotWords } from "./refusal.js";
import { MOST_OFFERS } from "./waitlist-words.js";
import { addDays, clockOf, dayOf, wallOf } from "./wall.js";

/** @typedef {import("./desk.js").Desk} Desk */

const VIDEO = "video";
const USUAL = "individual-50";
const USUAL_DAYS = 28;

/** @param {Desk} desk @param {() => Promise<void>} joined */
export function openJoin(desk, joined) {
  new JoinDialog(desk, joined);
}

class JoinDialog {
  /** @param {Desk} desk @param {() => Promise<void>} joined */
  constructor(desk, joined) {
    const { today } = desk.place;
    this.desk = desk;
    this.joined = joined;
    this.picker = new ClientPicker([], () => {});
    this.sessionType = select(desk.reference.sessionTypeChoices(), USUAL);
    this.therapist = select([["", "Anybody"], ...desk.therapistChoices()], desk.place.therapist);
    this.where = select([["", "Anywhere"], ...desk.officeChoices(), [VIDEO, "By video"]], "");
    this.hours = new HoursWish();
    this.until = h("input", { type: "date", value: addDays(today, USUAL_DAYS), min: today, required: true });
    this.offers = h("input", { type: "number", min: 1, max: MOST_OFFERS, value: "1", required: true });
    this.dialog = new Dialog("Onto the waitlist", { wide: true });
    this.form = h("form", { id: "join-form", novalidate: true,
      onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void this.join(); } },
      h("div", { class: "columns" },
        h("div", {}, this.picker.element,
          h("div", { class: "pair" }, field("Until", this.until), field("Offers a day", this.offers))),
        h("div", {},
          field("Session", this.sessionType),
          h("div", { class: "pair" }, field("Therapist", this.therapist), field("Where", this.where)),
          this.hours.element)));
    this.dialog.fill(this.form).foot(h("button", { class: "primary", form: "join-form" }, "Let them wait")).open();
    this.picker.input.focus();
  }

  async join() {
    const [client, ...others] = this.picker.ids;
    if (!client || others.length > 0) {
      this.dialog.complain(h("p", {}, "Who is to wait? Choose one client."));
      this.picker.input.focus();
      return;
    }
    if (!this.form.reportValidity()) return;
    const entry = await this.dialog.during(() => post("waitlist-entries/", { client, ...this.wish() }));
    if (!entry) return;
    note(`${entry.client.display_name} waits from now on.`);
    await this.joined();
    if (entry.slots_now.length === 0) this.dialog.close();
    else this.tellFree(entry);
  }

  wish() {
    const where = this.where.value;
    return {
      session_type: this.sessionType.value,
      ...(this.therapist.value && { therapists: [this.therapist.value] }),
      ...(where === VIDEO ? { modes: ["telehealth"] } : where ? { offices: [where] } : {}),
      ...this.hours.value,
      until: this.until.value,
      offers_per_day: Number(this.offers.value),
    };
  }

  /** Nobody is offered later what is free already. @param {any} entry */
  tellFree(entry) {
    const { client, slots_now: free } = entry;
    this.dialog.title.textContent = "Free already";
    this.dialog.fill(
      h("p", { class: "lead" }, `${client.display_name} waits. These hours, which would suit, are free already:`),
      h("div", { class: "alternatives" }, ...free.map((/** @type {any} */ slot) =>
        h("button", { type: "button", onclick: () => this.book(slot, client) }, slotWords(slot)))),
    ).foot(h("button", { type: "button", class: "primary", onclick: () => this.dialog.close() }, "They wait"));
    this.dialog.body.querySelector("button")?.focus();
  }

  /** @param {any} slot @param {any} client */
  book(slot, client) {
    const wall = wallOf(slot.starts_at);
    this.dialog.close();
    if (dayOf(wall) !== this.desk.place.date) this.desk.go(dayOf(wall));
    openBooking(this.desk, {
      day: dayOf(wall),
      clock: clockOf(wall),
      sessionType: slot.session_type,
      therapist: slot.therapist.id,
      office: slot.mode === "telehealth" ? VIDEO : slot.office.slug,
      callFrom: slot.office?.slug,
      clients: [client],
    });
  }
}

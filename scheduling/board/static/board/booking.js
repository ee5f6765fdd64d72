/** Booking: who, what, where, with whom and when; kept first, or not, and once or as a series. */

import { get, post } from "./api.js";
import { ClientPicker } from "./client-picker.js";
import { isRefusal } from "./connection.js";
import { Dialog, field } from "./dialog.js";
import { Hold } from "./hold.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { VIDEO } from "./place.js";
import { refusalOf } from "./refusal.js";
import { Repeat } from "./repeat.js";
import { WhenAndWhere } from "./when-and-where.js";
import { dayOf, momentWords, wallOf } from "./wall.js";
import { waitersOf } from "./waiters.js";
import { offerOverTheQueue } from "./over-the-queue.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./when-and-where.js").Wanted} Wanted */

/** @param {Desk} desk @param {Wanted} wanted */
export function openBooking(desk, wanted) {
  return new Booking(desk, wanted);
}

/** Go on where somebody has kept a slot. @param {string} id @param {Desk} desk */
export async function openBookingOfHold(id, desk) {
  const held = await get(`holds/${id}/`);
  const booking = new Booking(desk, {
    day: dayOf(held.starts_at),
    clock: wallOf(held.starts_at).slice(11, 16),
    sessionType: held.session_type,
    therapist: held.therapist.id,
    office: held.mode === "telehealth" ? VIDEO : held.office?.slug,
    room: held.room?.id,
    callFrom: held.office?.slug,
    clients: held.clients,
  });
  booking.watch(held);
}

class Booking {
  /** @param {Desk} desk @param {Wanted} wanted */
  constructor(desk, wanted) {
    this.desk = desk;
    /** @type {Hold | undefined} */
    this.hold = undefined;
    this.isUnanswered = false;
    this.picker = new ClientPicker(wanted.clients ?? [], () => {
      this.dialog.complain(); // of nobody being chosen, or of whoever was
      return this.place.look();
    });
    this.place = new WhenAndWhere(desk, wanted, () => this.picker.ids);
    this.note = h("textarea", { maxlength: 2000, rows: 2 });
    this.repeat = new Repeat(() => this.showButtons());
    this.held = h("div");
    this.dialog = new Dialog("New appointment", {
      wide: true,
      closed: () => { this.hold?.stop(); void desk.refresh(); },
    });
    this.form = h("form", {
      id: "booking-form",
      novalidate: true,
      onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void this.submit(); },
    },
      h("div", { class: "columns" },
        h("div", {}, this.place.element, waitersOf(this.place)),
        h("div", {}, this.picker.element, this.repeat.element, field("Note", this.note))));
    this.dialog.fill(this.held, this.form);
    this.showButtons();
    this.dialog.open();
    if (wanted.therapist && wanted.sessionType) this.picker.input.focus();
  }

  showButtons() {
    const isSeries = this.repeat.isOn;
    this.dialog.foot(
      h("button", { class: "primary", form: "booking-form" }, isSeries ? "Look at the dates" : "Book"),
      !this.hold && h("button", { type: "button", onclick: () => this.keep() }, "Keep it for now"),
    );
  }

  /** Whether when and where are told, once it is known who is free. */
  async isComplete() {
    await this.place.settled();
    return this.form.reportValidity();
  }

  async submit() {
    if (!(await this.isComplete())) return;
    if (this.picker.ids.length === 0) {
      this.dialog.complain(h("p", {}, "Who is it for? Find the client, or register a new one."));
      this.picker.input.focus();
      return;
    }
    if (this.repeat.isOn) await this.lookAtSeries();
    else await this.book({});
  }

  /** @param {any} override */
  async book(override) {
    const booked = await this.dialog.during(async () => {
      return this.answerTo(post("appointments/", { ...this.order(), ...override }));
    }, (problem) => {
      const insist = (/** @type {any} */ more) => void this.book(more);
      const order = this.order();
      const isTold = this.refused(problem, insist);
      void offerOverTheQueue(this.desk, problem, order, this.dialog.problem, insist);
      return isTold;
    });
    if (!booked) return;
    note(`Booked: ${momentWords(wallOf(booked.starts_at))} with ${booked.therapist.display_name}.`);
    this.dialog.close();
  }

  /** While nobody answers, what was kept may be booked: by oneself, as asking again tells.
   *  @template T @param {Promise<T>} asked */
  async answerTo(asked) {
    try {
      const told = await asked;
      this.isUnanswered = false;
      return told;
    } catch (failure) {
      this.isUnanswered = !isRefusal(failure);
      throw failure;
    }
  }

  /** As a request has it: what is kept is known already. */
  order() {
    const what = this.hold ? { hold: this.hold.id } : this.place.order();
    return { ...what, clients: this.picker.ids, note: this.note.value.trim() };
  }

  /** Left out as long as nobody is named. */
  clients() {
    return this.picker.ids.length > 0 ? { clients: this.picker.ids } : {};
  }

  /** @param {any} [override] */
  async keep(override = {}) {
    if (!(await this.isComplete())) return;
    const held = await this.dialog.during(
      async () => post("holds/", { ...this.place.order(), ...this.clients(), ...override }),
      (problem) => this.refused(problem, (/** @type {any} */ more) => this.keep(more)));
    if (!held) return;
    this.watch(held);
    await this.desk.refresh();
  }

  /** @param {any} held */
  watch(held) {
    this.place.freeze(true);
    this.isUnanswered = false;
    this.hold = new Hold(held, this.desk.feed, {
      lapsed: () => this.letGo("The slot is not kept any longer. It may still be free: book it, or keep it again."),
      release: () => this.release(),
      taken: (isBooked) => this.letGo(isBooked
        ? "Somebody else has booked what was kept here. Choose another time."
        : "Somebody else has let go of it: the slot is not kept any longer. It may still be free: book it, or keep it again."),
      isBusy: () => this.dialog.isBusy || this.isUnanswered,
    });
    this.held.replaceChildren(this.hold.element);
    this.dialog.title.textContent = "Kept for the caller";
    this.showButtons();
    this.picker.input.focus();
  }

  /** @returns {Promise<boolean>} whether nothing is kept any more */
  async release() {
    const isFree = await this.dialog.during(async () => {
      await this.hold?.release();
      return true;
    });
    if (isFree && this.hold) this.letGo();
    return isFree ?? false;
  }

  /** What is offered takes the place of what is kept. @param {any} slot */
  async take(slot) {
    if (await this.release()) this.place.take(slot);
  }

  /** Back to the form, wherever somebody is. @param {string} [words] */
  letGo(words) {
    this.hold?.stop();
    this.hold = undefined;
    this.held.replaceChildren();
    this.place.freeze(false);
    this.dialog.fill(this.held, this.form);
    this.dialog.title.textContent = "New appointment";
    this.showButtons();
    if (words) this.dialog.complain(h("p", {}, words));
    void this.desk.refresh();
  }

  /** @param {import("./api.js").Problem} problem @param {(override: any) => void} insist */
  refused(problem, insist) {
    if (problem.code === "hold_expired") this.letGo();
    this.dialog.complain(...refusalOf(problem, {
      day: this.place.day,
      choose: (slot) => this.take(slot),
      insist,
      insistWords: "Book it all the same",
    }));
    return true;
  }

  async lookAtSeries() {
    /** @param {import("./api.js").Problem} problem */
    const refused = (problem) => this.refused(problem, () => {});
    await this.dialog.during(() => this.repeat.look(this.dialog, this.order(), {
      above: this.held,
      booked: () => this.dialog.close(),
      answerTo: (asked) => this.answerTo(asked),
      refused,
    }), refused);
  }
}

/** The part of a booking that says when, where, what and with whom. */

import { list } from "./api.js";
import { field, refill, select } from "./dialog.js";
import { h } from "./html.js";
import { VIDEO } from "./place.js";
import { addMinutes, clockOf, dayOf, instantOf, wallAt, wallOf } from "./wall.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * What is known already. `callFrom` is the office from which a therapist calls.
 *
 * @typedef {{day: string, clock: string, sessionType?: string, therapist?: string,
 *   office?: string, room?: string, callFrom?: string, clients?: any[]}} Wanted
 */

const USUAL = "individual-50";
const DEFAULT_CLOCK = "09:00";

export class WhenAndWhere {
  /** @param {Desk} desk @param {Wanted} wanted @param {() => string[]} clients */
  constructor(desk, wanted, clients) {
    this.desk = desk;
    this.clients = clients;
    this.wantedTherapist = wanted.therapist ?? "";
    this.callFrom = wanted.callFrom;
    /** @type {Map<string, any>} the free slot of each therapist at that time */
    this.free = new Map();
    this.looks = 0;
    this.isFrozen = false;
    /** @type {Promise<void>} */
    this.looking = Promise.resolve();
    const kinds = desk.reference.sessionTypeChoices();
    const usual = kinds.some(([slug]) => slug === USUAL) ? USUAL : kinds[0]?.[0];
    const look = () => this.look();
    this.sessionType = select(kinds, wanted.sessionType ?? usual, { onchange: () => this.chooseKind() });
    this.date = h("input", { type: "date", value: wanted.day, required: true, onchange: look });
    this.time = h("input", { type: "time", value: wanted.clock || DEFAULT_CLOCK, required: true, onchange: look });
    this.office = select([...desk.officeChoices(), [VIDEO, "By video"]], wanted.office,
      { onchange: () => { this.callFrom = undefined; this.showRooms(); look(); } });
    this.room = h("select");
    this.therapist = h("select", { required: true, onchange: () => { this.wantedTherapist = this.therapist.value; } });
    this.told = h("p", { class: "quiet", role: "status" });
    this.element = h("fieldset", { class: "plain" },
      h("legend", { class: "visually-hidden" }, "When and where"),
      field("Session", this.sessionType),
      h("div", { class: "pair" }, field("Date", this.date), field("Time", this.time)),
      h("div", { class: "pair" }, field("Where", this.office), field("Room", this.room)),
      field("Therapist", this.therapist, this.told),
    );
    this.showRooms(wanted.room);
    this.showTherapists();
    this.told.textContent = ""; // nobody has been asked yet
    look();
  }

  get day() {
    return this.date.value;
  }

  get isCall() {
    return this.office.value === VIDEO;
  }

  /** @param {string} [chosen] */
  showRooms(chosen) {
    const choices = this.isCall ? [] : this.desk.roomChoices(this.office.value);
    refill(this.room, choices, chosen);
    this.room.disabled = this.isCall;
  }

  /** Some kinds of sessions are by video only. */
  chooseKind() {
    if (this.desk.reference.sessionType(this.sessionType.value)?.telehealth_only) {
      this.office.value = VIDEO;
      this.showRooms();
    }
    this.look();
  }

  /** Ask who is free then, and put them first. */
  look() {
    if (!this.isFrozen) this.looking = this.ask();
  }

  /** When the latest question is answered, and a therapist may have been proposed. */
  async settled() {
    for (let last; last !== this.looking; ) {
      last = this.looking;
      await last;
    }
  }

  async ask() {
    const { sessionType, date, time } = this;
    if (!isDate(date) || !time.value) return;
    this.looks += 1;
    const mine = this.looks;
    const start = wallAt(date.value, time.value);
    const kind = this.desk.reference.sessionType(sessionType.value);
    const zone = this.desk.reference.zoneOf(this.office.value);
    try {
      const asked = new URLSearchParams({
        session_type: sessionType.value,
        from: instantOf(start, zone),
        to: instantOf(addMinutes(start, kind?.duration_minutes ?? 60), zone),
        limit: "200",
      });
      if (this.isCall) asked.set("mode", "telehealth");
      else {
        asked.set("mode", "in_person");
        asked.set("office", this.office.value);
      }
      const clients = this.clients();
      const fits = kind && clients.length >= kind.clients_min && clients.length <= kind.clients_max;
      if (fits) for (const client of clients) asked.append("client", client);
      const slots = await list(`slots/?${asked}`);
      if (mine !== this.looks) return;
      const then = slots.filter((slot) => wallOf(slot.starts_at) === start);
      this.free = new Map(then.map((slot) => [slot.therapist.id, slot]));
    } catch {
      if (mine !== this.looks) return;
      this.free = new Map();
    }
    this.showTherapists();
  }

  showTherapists() {
    const choices = this.desk.therapistChoices();
    const free = choices.filter(([id]) => this.free.has(id));
    const others = choices.filter(([id]) => !this.free.has(id));
    const present = this.therapist.value;
    const proposed = this.free.has(present) ? present : free[0]?.[0] ?? present;
    const chosen = this.wantedTherapist || proposed;
    this.therapist.replaceChildren(
      h("option", { value: "" }, "Choose"),
      group("Free then", free, chosen),
      group("Not free then", others, chosen),
    );
    this.therapist.value = chosen;
    if (this.isFrozen) this.told.textContent = "";
    else this.told.textContent = free.length === 0
      ? "Nobody is free there at that time."
      : chosen && !this.free.has(chosen) ? "Not free there at that time; others are." : "";
  }

  /** As a request has it. */
  order() {
    const { reference } = this.desk;
    const therapist = this.therapist.value;
    const isCall = this.isCall;
    const from = this.callFrom ?? this.free.get(therapist)?.office?.slug ?? null;
    const office = isCall ? from : this.office.value;
    return {
      therapist,
      session_type: this.sessionType.value,
      office,
      mode: isCall ? "telehealth" : "in_person",
      starts_at: instantOf(wallAt(this.date.value, this.time.value), reference.zoneOf(office)),
      ...(!isCall && this.room.value && { room: this.room.value }),
    };
  }

  /** Take a slot that is offered. @param {any} slot */
  take(slot) {
    const wall = wallOf(slot.starts_at);
    this.date.value = dayOf(wall);
    this.time.value = clockOf(wall);
    this.office.value = slot.mode === "telehealth" ? VIDEO : slot.office.slug;
    this.callFrom = slot.mode === "telehealth" ? slot.office?.slug : undefined;
    this.wantedTherapist = slot.therapist.id;
    this.showRooms();
    this.look();
  }

  /** What is kept is not to be changed, and nobody else is asked for. @param {boolean} isFrozen */
  freeze(isFrozen) {
    this.isFrozen = isFrozen;
    this.element.disabled = isFrozen;
    this.looks += 1;
    this.showTherapists();
    this.look();
  }
}

/** Whether it is filled in; while somebody types a year, it is one of long ago. @param {any} input */
export function isDate(input) {
  return input.value >= "2000";
}

/** @param {string} label @param {[string, string][]} choices @param {string} chosen */
function group(label, choices, chosen) {
  return h("optgroup", { label, hidden: choices.length === 0 },
    ...choices.map(([value, words]) => h("option", { value, selected: value === chosen }, words)));
}

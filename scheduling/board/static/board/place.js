/** Where on the board somebody is: date, view and filters, kept in the address. */

import { addDays, isDay, mondayOf, wallNow, dayOf } from "./wall.js";

/** @typedef {"day" | "week"} View */
/** @typedef {"rooms" | "therapists"} By */

/** What stands for no office, where sessions are by video. */
export const VIDEO = "video";

export class Place {
  /** @param {URLSearchParams} asked @param {string} zone */
  constructor(asked, zone) {
    const date = asked.get("date");
    this.zone = zone;
    this._date = "";
    this.followsToday = false;
    this.date = date !== null && isDay(date) ? date : today(zone);
    /** Whether the address named what there is; who is there, the server says. */
    this.isUnderstood = date === null || isDay(date);
    /** @type {View} */
    this.view = asked.get("view") === "week" ? "week" : "day";
    /** @type {By} */
    this.by = asked.get("by") === "therapists" ? "therapists" : "rooms";
    this.offices = new Set(asked.getAll("office"));
    this.therapist = asked.get("therapist") ?? "";
    this.modality = asked.get("modality") ?? "";
    this.cancelled = asked.has("cancelled");
  }

  /** @param {string} zone */
  static ofAddress(zone) {
    return new Place(new URLSearchParams(location.search), zone);
  }

  /** The week of one therapist, whom the page and not the address names.
   *  @param {string} zone @param {string} therapist */
  static ofMyWeek(zone, therapist) {
    const place = Place.ofAddress(zone);
    return Object.assign(place, { view: "week", therapist, offices: new Set(), modality: "" });
  }

  get today() {
    return today(this.zone);
  }

  get date() {
    return this._date;
  }

  /** Whoever goes to today goes on to tomorrow when that has come. @param {string} date */
  set date(date) {
    this._date = date;
    this.followsToday = date === this.today;
  }

  /** Whether it is a day that was today, and is not any more. */
  get isBehind() {
    return this.followsToday && this.date !== this.today;
  }

  /** Today, and everybody. */
  reset() {
    Object.assign(this, new Place(new URLSearchParams(), this.zone));
  }

  /** Whether everybody and everything that is asked for is known.
   *  @param {import("./reference.js").Reference} reference */
  isKnown(reference) {
    return this.isUnderstood &&
      (!this.therapist || reference.therapist(this.therapist) !== undefined) &&
      (!this.modality || reference.modalities.some((one) => one.slug === this.modality)) &&
      [...this.offices].every((slug) => slug === VIDEO || reference.office(slug) !== undefined);
  }

  /** Without today, which is where everybody begins. */
  get search() {
    const said = new URLSearchParams();
    if (this.date !== today(this.zone)) said.set("date", this.date);
    if (this.view !== "day") said.set("view", this.view);
    if (this.by !== "rooms") said.set("by", this.by);
    for (const office of this.offices) said.append("office", office);
    if (this.therapist) said.set("therapist", this.therapist);
    if (this.modality) said.set("modality", this.modality);
    if (this.cancelled) said.set("cancelled", "1");
    return said.size ? `?${said}` : "";
  }

  /** As `search`, of a page that shows nothing but one week. */
  get weekSearch() {
    const said = new URLSearchParams();
    if (this.date !== today(this.zone)) said.set("date", this.date);
    if (this.cancelled) said.set("cancelled", "1");
    return said.size ? `?${said}` : "";
  }

  /** @returns {[string, string]} the first and the last day that are shown */
  get days() {
    if (this.view === "day") return [this.date, this.date];
    const monday = mondayOf(this.date);
    return [monday, addDays(monday, 6)];
  }

  /** The next day or week, or with -1 the one before. @param {number} count */
  turn(count) {
    this.date = addDays(this.date, count * (this.view === "day" ? 1 : 7));
  }

  /** Whether a week is one therapist's, with a column a day. */
  get isWeekOfTherapist() {
    return this.view === "week" && this.therapist !== "";
  }

  /** @param {string | null | undefined} slug */
  showsOffice(slug) {
    return this.offices.size === 0 || (slug != null && this.offices.has(slug));
  }

  get showsVideo() {
    return this.offices.size === 0 || this.offices.has(VIDEO);
  }

  /** Show one more office, or one less. @param {string} slug */
  toggle(slug) {
    if (!this.offices.delete(slug)) this.offices.add(slug);
  }
}

/** @param {string} zone */
export function today(zone) {
  return dayOf(wallNow(zone));
}

/** Tell whenever a day has begun, also after a night in which the computer slept.
 *  @param {Place} place @param {() => void} begun */
export function atMidnight(place, begun) {
  let { today: last } = place;
  const look = () => {
    if (place.today === last) return;
    last = place.today;
    begun();
  };
  setInterval(look, 5_000);
  document.addEventListener("visibilitychange", look);
}

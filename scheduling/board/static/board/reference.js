/** What changes rarely and every part of the board needs, read once. */

import { list } from "./api.js";

/** @typedef {{slug: string, name: string, timezone: string, is_active: boolean, color: number}} Office */
/** @typedef {{id: string, name: string, office: string, capacity: number}} Room */
/** @typedef {{id: string, display_name: string, modalities: string[], offices: string[], languages: string[],
 *   session_types: string[], telehealth: boolean, is_active: boolean}} Therapist */
/** @typedef {{slug: string, name: string, format: string, duration_minutes: number, clients_min: number,
 *   clients_max: number, telehealth_only: boolean, for_new_clients: boolean, is_active: boolean}} SessionType */
/** @typedef {{slug: string, name: string}} Named */

const COLORS = 8;

export class Reference {
  /** @param {{offices: any[], rooms: Room[], therapists: Therapist[],
   *   sessionTypes: SessionType[], modalities: Named[], concerns: Named[]}} rows */
  constructor(rows) {
    /** @type {Office[]} */
    this.offices = rows.offices.map((office, index) => ({ ...office, color: index % COLORS }));
    this.rooms = rows.rooms.sort(byName);
    this.therapists = rows.therapists;
    this.sessionTypes = rows.sessionTypes;
    this.modalities = rows.modalities;
    this.concerns = rows.concerns;
    this.zone = document.body.dataset.zone ?? "UTC";
    this._offices = new Map(this.offices.map((office) => [office.slug, office]));
    this._therapists = new Map(this.therapists.map((one) => [one.id, one]));
    this._sessionTypes = new Map(this.sessionTypes.map((one) => [one.slug, one]));
  }

  /** For a page that needs no more. @param {any[]} offices */
  static ofOffices(offices) {
    return new Reference({ offices, rooms: [], therapists: [], sessionTypes: [], modalities: [], concerns: [] });
  }

  /** @param {string | null | undefined} slug */
  office(slug) {
    return this._offices.get(slug ?? "");
  }

  /** @param {string} id */
  therapist(id) {
    return this._therapists.get(id);
  }

  /** @param {string} slug */
  sessionType(slug) {
    return this._sessionTypes.get(slug);
  }

  /** @param {(one: any) => boolean} [fits] @returns {[string, string][]} */
  sessionTypeChoices(fits = () => true) {
    return this.sessionTypes
      .filter((one) => one.is_active && fits(one))
      .map((one) => [one.slug, `${one.name}, ${one.duration_minutes} min`]);
  }

  /** @param {string} slug */
  roomsOf(slug) {
    return this.rooms.filter((room) => room.office === slug);
  }

  /** The zone of the clock on an office's wall; elsewhere the practice's. @param {string | null} slug */
  zoneOf(slug) {
    return this.office(slug)?.timezone ?? this.zone;
  }

  /** The class that colors what is at an office, or elsewhere. @param {string | null | undefined} slug */
  colorOf(slug) {
    return `office-${this.office(slug)?.color ?? "none"}`;
  }
}

export async function load() {
  const [offices, rooms, therapists, sessionTypes, modalities, concerns] = await Promise.all([
    list("offices/?limit=200&is_active=true"),
    list("rooms/?limit=200&is_active=true"),
    list("therapists/?limit=200"),
    list("session-types/?limit=200"),
    list("modalities/?limit=200&is_active=true"),
    list("concerns/?limit=200&is_active=true"),
  ]);
  return new Reference({ offices, rooms, therapists, sessionTypes, modalities, concerns });
}

/** @param {Named | Room} one @param {Named | Room} other */
function byName(one, other) {
  return one.name.localeCompare(other.name, "en", { numeric: true });
}

/** The ways between offices on a therapist's days. */

import { addMinutes, dayOf, wallOf } from "../wall.js";
import { counted } from "../words.js";

/**
 * One way: the last minutes before the session that it leads to. It is tight if the
 * sessions leave less than that between them.
 *
 * @typedef {{start: string, end: string, words: string, isTight: boolean}} Leg
 */

/** How long it takes from an office to another, as the practice has it in its books. */
export class TravelTimes {
  /** @param {any[]} rows @param {number} usual minutes where nothing is said */
  constructor(rows, usual) {
    this.usual = usual;
    this.minutes = new Map(rows.flatMap((row) => [
      [`${row.origin} ${row.destination}`, row.minutes],
      [`${row.destination} ${row.origin}`, row.minutes],
    ]));
  }

  /** @param {any} one the office @param {any} other */
  between(one, other) {
    return this.minutes.get(`${one.slug} ${other.slug}`) ?? this.usual;
  }
}

/** @param {any[]} appointments in order of start @param {TravelTimes} times @returns {Leg[]} */
export function legsOf(appointments, times) {
  const stops = appointments.filter((one) => one.office && !one.status.includes("cancelled"));
  return stops.slice(1).flatMap((next, index) => {
    const last = stops[index];
    const isWay = last.office.slug !== next.office.slug && dayOf(last.starts_at) === dayOf(next.starts_at);
    return isWay ? [legOf(last, next, times.between(last.office, next.office))] : [];
  });
}

/** @param {any} last @param {any} next @param {number} needed @returns {Leg} */
function legOf(last, next, needed) {
  const free = Math.max(0, (Date.parse(next.starts_at) - Date.parse(last.ends_at)) / 60_000);
  const end = wallOf(next.starts_at);
  const isTight = free < needed;
  const words = `${needed} min to ${next.office.name}`;
  return {
    start: addMinutes(end, -Math.min(free, needed)),
    end,
    words: isTight ? `${words}, only ${counted(free, "minute")} free` : words,
    isTight,
  };
}

/** An agenda as the component's events: sessions, and what lies outside of hours. */

import { arrange, isWanted, shownOf } from "./columns.js";
import { addDays, wallOf } from "./wall.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./reference.js").Reference} Reference */
/** @typedef {[string, string]} Stretch two wall times */

const MOVABLE = new Set(["held", "scheduled", "confirmed"]);
const LAST = "24:00:00";
const USUAL_HOURS = [8, 20];

/**
 * @param {any} agenda @param {Place} place @param {Reference} reference
 * @returns {{columns: Column[], events: any[], shown: any[], hours: [number, number]}}
 */
export function lay(agenda, place, reference) {
  const shown = shownOf(agenda, place, reference);
  const { columns, columnOf } = arrange(shown, agenda, place, reference);
  const sessions = shown.map((one) => sessionEvent(one, columnOf.get(one.id), reference));
  const days = daysOf(place);
  const backdrop = place.isWeekOfTherapist
    ? shut(days, hoursOf(agenda, (hours) => hours.therapist === place.therapist), undefined)
    : columns.flatMap((column) => shut(days, openIn(column, agenda, place, reference), column.id));
  const events = [...backdrop, ...away(agenda, place, columns), ...travel(agenda), ...sessions];
  return { columns, events, shown, hours: hoursFrom([...shown, ...agenda.availability]) };
}

/** The first and the last full hour that the board has: whenever anybody works or meets.
 *  @param {any[]} stretches @returns {[number, number]} */
function hoursFrom(stretches) {
  let [first, last] = USUAL_HOURS;
  for (const { starts_at, ends_at } of stretches) {
    const [start, end] = [wallOf(starts_at), wallOf(ends_at)];
    const isOverMidnight = end.slice(0, 10) > start.slice(0, 10);
    const minutes = isOverMidnight ? 1440 : Number(end.slice(11, 13)) * 60 + Number(end.slice(14, 16));
    first = Math.min(first, isOverMidnight && end.slice(11, 16) > "00:00" ? 0 : Number(start.slice(11, 13)));
    last = Math.max(last, Math.ceil(minutes / 60));
  }
  return [first, last];
}

/** @param {any} one @param {string | undefined} column @param {Reference} reference */
function sessionEvent(one, column, reference) {
  return {
    id: one.id,
    resourceIds: column ? [column] : [],
    start: wallOf(one.starts_at),
    end: wallOf(one.ends_at),
    startEditable: MOVABLE.has(one.status) && one.status !== "held",
    classNames: [reference.colorOf(one.office?.slug), `is-${one.status}`],
    extendedProps: { appointment: one },
  };
}

/** @param {Place} place */
function daysOf(place) {
  const [first, last] = place.days;
  const days = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

/** @param {any} agenda @param {(hours: any) => boolean} fits @returns {Stretch[]} */
function hoursOf(agenda, fits) {
  return agenda.availability
    .filter(fits)
    .map((/** @type {any} */ hours) => [wallOf(hours.starts_at), wallOf(hours.ends_at)]);
}

/**
 * When somebody could sit in a room, call, or, in a column of their own, work at all.
 *
 * @param {Column} column @param {any} agenda @param {Place} place @param {Reference} reference
 */
function openIn(column, agenda, place, reference) {
  return hoursOf(agenda, (hours) => {
    if (!isWanted(hours.therapist, place, reference)) return false;
    if (column.kind === "therapist") return hours.therapist === column.therapist;
    if (column.kind === "video") return hours.mode !== "in_person";
    return hours.mode !== "telehealth" && hours.office?.slug === column.office;
  });
}

/**
 * The rest of each day, in the background.
 *
 * @param {string[]} days @param {Stretch[]} open @param {string | undefined} column
 */
function shut(days, open, column) {
  const sorted = [...open].sort((one, other) => (one[0] < other[0] ? -1 : 1));
  return days.flatMap((day) => {
    let from = `${day}T00:00:00`;
    const end = `${day}T${LAST}`;
    const gaps = [];
    for (const [start, stop] of sorted) {
      if (stop <= from || start >= end) continue;
      if (start > from) gaps.push(background(from, start, column, "shut"));
      from = stop;
    }
    if (from < end) gaps.push(background(from, `${addDays(day, 1)}T00:00:00`, column, "shut"));
    return gaps;
  });
}

/**
 * Time off, and closed offices.
 *
 * @param {any} agenda @param {Place} place @param {Column[]} columns
 */
function away(agenda, place, columns) {
  const off = agenda.time_off.flatMap((/** @type {any} */ one) => {
    const column = columns.find((each) => each.therapist === one.therapist);
    const isShown = column || (place.isWeekOfTherapist && one.therapist === place.therapist);
    return isShown ? [stretch(one, column?.id, "off", "Time off")] : [];
  });
  const closed = agenda.closures.flatMap((/** @type {any} */ one) => {
    const words = one.reason ? `Closed: ${one.reason}` : "Closed";
    if (columns.length === 0) return one.office ? [] : [stretch(one, undefined, "closed", words)];
    return columns
      .filter((column) => !one.office || column.office === one.office.slug)
      .map((column) => stretch(one, column.id, "closed", words));
  });
  return [...off, ...closed];
}

/** The ways between offices, in one therapist's week. @param {any} agenda */
function travel(agenda) {
  return (agenda.travel ?? []).map((/** @type {any} */ leg) =>
    background(leg.start, leg.end, undefined, leg.isTight ? "tight" : "travel", leg.words));
}

/** @param {any} one @param {string | undefined} column @param {string} kind @param {string} words */
function stretch(one, column, kind, words) {
  return background(wallOf(one.starts_at), wallOf(one.ends_at), column, kind, words);
}

/** @param {string} start @param {string} end @param {string | undefined} column
 *  @param {string} kind @param {string} [words] */
function background(start, end, column, kind, words = "") {
  return {
    id: `${kind} ${column ?? ""} ${start}`,
    resourceIds: column ? [column] : [],
    start,
    end,
    display: "background",
    classNames: [`is-${kind}`],
    extendedProps: { words },
  };
}

/** Which columns the board has, and in which of them a session stands. */

import { VIDEO } from "./place.js";
import { weekdayOf } from "./wall.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./reference.js").Reference} Reference */

/**
 * A column. `office` and `room`, or `therapist`, are what dropping a session there means.
 *
 * @typedef {{id: string, title: string, subtitle: string, color: string,
 *   kind: "room" | "video" | "therapist", office?: string, room?: string,
 *   therapist?: string}} Column
 */

/**
 * The columns, and for each session of `shown` the ids of its own.
 *
 * @param {any[]} shown
 * @param {any} agenda
 * @param {Place} place
 * @param {Reference} reference
 * @returns {{columns: Column[], columnOf: Map<string, string>}}
 */
export function arrange(shown, agenda, place, reference) {
  if (place.isWeekOfTherapist) return { columns: [], columnOf: new Map() };
  if (place.by === "therapists" && place.view === "day") {
    return byTherapists(shown, agenda, place, reference);
  }
  return byRooms(shown, place, reference);
}

/** @param {any[]} shown @param {any} agenda @param {Place} place @param {Reference} reference */
function byTherapists(shown, agenda, place, reference) {
  const working = agenda.availability.filter((/** @type {any} */ hours) =>
    hours.office ? place.showsOffice(hours.office.slug) : place.showsVideo);
  const present = new Set([
    ...working.map((/** @type {any} */ hours) => hours.therapist),
    ...shown.map((appointment) => appointment.therapist.id),
  ]);
  /** @type {Column[]} */
  const columns = reference.therapists
    .filter((one) => isWanted(one.id, place, reference))
    .filter((one) => present.has(one.id) || one.id === place.therapist)
    .sort((one, other) => one.display_name.localeCompare(other.display_name))
    .map((one) => ({
      id: `therapist:${one.id}`,
      title: one.display_name,
      subtitle: whereabouts(one.id, working),
      color: colorOfDay(one.id, working, reference),
      kind: "therapist",
      therapist: one.id,
    }));
  const columnOf = new Map(
    shown.map((appointment) => [appointment.id, `therapist:${appointment.therapist.id}`]),
  );
  return { columns, columnOf };
}

/** @param {string} therapist @param {any[]} working */
function whereabouts(therapist, working) {
  const places = working
    .filter((hours) => hours.therapist === therapist)
    .map((hours) => hours.office?.name ?? "By video");
  return [...new Set(places)].join(", ");
}

/** @param {string} therapist @param {any[]} working @param {Reference} reference */
function colorOfDay(therapist, working, reference) {
  const hours = working.find((each) => each.therapist === therapist);
  return reference.colorOf(hours?.office?.slug);
}

/** @param {any[]} shown @param {Place} place @param {Reference} reference */
function byRooms(shown, place, reference) {
  /** @type {Column[]} */
  const columns = [];
  for (const office of reference.offices) {
    if (!place.showsOffice(office.slug)) continue;
    for (const room of reference.roomsOf(office.slug)) {
      columns.push({
        id: `room:${room.id}`,
        title: room.name,
        subtitle: office.name,
        color: reference.colorOf(office.slug),
        kind: "room",
        office: office.slug,
        room: room.id,
      });
    }
  }
  const columnOf = new Map();
  const withoutRoom = [];
  for (const appointment of shown) {
    if (appointment.room) {
      addRoom(columns, appointment, reference);
      columnOf.set(appointment.id, `room:${appointment.room.id}`);
    } else withoutRoom.push(appointment);
  }
  if (place.showsVideo || withoutRoom.length > 0) {
    columns.push(...videoColumns(withoutRoom, columnOf));
  }
  return { columns, columnOf };
}

/** A room that was given up has a column, beside those of its office, while sessions
 *  are in it. @param {Column[]} columns @param {any} appointment @param {Reference} reference */
function addRoom(columns, { room, office }, reference) {
  const id = `room:${room.id}`;
  if (columns.some((column) => column.id === id)) return;
  const last = columns.findLastIndex((column) => column.office === office.slug);
  columns.splice(last < 0 ? columns.length : last + 1, 0, {
    id,
    title: room.name,
    subtitle: office.name,
    color: reference.colorOf(office.slug),
    kind: "room",
    office: office.slug,
    room: room.id,
  });
}

/**
 * As many columns as there are calls at the same time, so that none covers another.
 *
 * @param {any[]} calls in order of start
 * @param {Map<string, string>} columnOf
 * @returns {Column[]}
 */
function videoColumns(calls, columnOf) {
  /** @type {string[]} */
  const ends = [];
  for (const call of calls) {
    let lane = ends.findIndex((end) => end <= call.starts_at);
    if (lane < 0) lane = ends.length;
    ends[lane] = call.ends_at;
    columnOf.set(call.id, `${VIDEO}:${lane}`);
  }
  return Array.from({ length: Math.max(1, ends.length) }, (_, lane) => ({
    id: `${VIDEO}:${lane}`,
    title: ends.length > 1 ? `Video ${lane + 1}` : "Video",
    subtitle: "No room",
    color: "office-none",
    kind: VIDEO,
  }));
}

/**
 * The sessions that the filters let through.
 *
 * @param {any} agenda @param {Place} place @param {Reference} reference
 * @returns {any[]}
 */
export function shownOf(agenda, place, reference) {
  return agenda.appointments.filter((/** @type {any} */ one) => {
    const isCall = one.mode === "telehealth";
    const here = (isCall && place.showsVideo) || place.showsOffice(one.office?.slug);
    return here && isWanted(one.therapist.id, place, reference);
  });
}

/** @param {string} therapist @param {Place} place @param {Reference} reference */
export function isWanted(therapist, place, reference) {
  if (place.therapist && place.therapist !== therapist) return false;
  if (!place.modality) return true;
  return reference.therapist(therapist)?.modalities.includes(place.modality) ?? false;
}

/**
 * Days of the week without hours and sessions, as the component counts them (0 is Sunday).
 *
 * @param {any[]} shown @param {any} agenda @param {Place} place
 */
export function emptyDays(shown, agenda, place) {
  if (place.view === "day") return [];
  const used = new Set([...shown, ...agenda.availability].map((one) => weekdayOf(one.starts_at)));
  return [5, 6].filter((weekday) => !used.has(weekday)).map((weekday) => (weekday + 1) % 7);
}

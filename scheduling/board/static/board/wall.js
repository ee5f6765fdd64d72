/**
 * Times as the clock on an office's wall shows them: "2026-11-25T10:00:00".
 *
 * The browser's own zone has no say. The API sends times with the office's offset, so
 * its first 19 characters are the wall time; what goes back gets the offset of the
 * office's zone at that moment.
 */

/** @typedef {string} Wall "2026-11-25T10:00:00" */
/** @typedef {string} Day "2026-11-25" */

const MINUTE = 60_000;

export class NoSuchTime extends Error {
  constructor() {
    super("That hour does not exist on that day: the clocks are put forward.");
  }
}

/** @param {string} instant as the API sends it @returns {Wall} */
export const wallOf = (instant) => instant.slice(0, 19);

/** Whether the calendar has such a day, of this century. @param {string} text */
export function isDay(text) {
  const instant = /^20\d\d-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}

/** @param {Wall | string} wall @returns {Day} */
export const dayOf = (wall) => wall.slice(0, 10);

/** @param {Wall | string} wall "10:00" */
export const clockOf = (wall) => wall.slice(11, 16);

/** @param {Day} day @param {string} clock @returns {Wall} */
export const wallAt = (day, clock) => `${day}T${clock}:00`;

/**
 * "-08:00", what a zone's clocks differ from UTC by at some instant.
 *
 * @param {string} zone
 * @param {number} [instant] in milliseconds; by default now
 */
export function offsetOf(zone, instant = Date.now()) {
  const words = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    timeZoneName: "longOffset",
  });
  const part = words.formatToParts(instant).find((each) => each.type === "timeZoneName");
  return part?.value.slice(3) || "+00:00";
}

/** @param {string} offset */
function inMilliseconds(offset) {
  const [hours, minutes] = offset.slice(1).split(":").map(Number);
  return (offset[0] === "-" ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
}

/**
 * A wall time as the API takes it. Of the hour that comes twice, the first.
 *
 * @param {Wall} wall
 * @param {string} zone
 * @throws {NoSuchTime} in the hour that is left out
 */
export function instantOf(wall, zone) {
  const plain = Date.parse(`${wall}Z`);
  for (const guess of [plain - 24 * 60 * MINUTE, plain + 24 * 60 * MINUTE]) {
    const offset = offsetOf(zone, guess);
    const instant = plain - inMilliseconds(offset);
    if (offsetOf(zone, instant) === offset) return `${wall}${offset}`;
  }
  throw new NoSuchTime();
}

/** @param {string} zone @param {number} [instant] @returns {Wall} */
export function wallNow(zone, instant = Date.now()) {
  const shifted = instant + inMilliseconds(offsetOf(zone, instant));
  return new Date(shifted).toISOString().slice(0, 19);
}

/** @param {Wall} wall @param {number} minutes @returns {Wall} */
export function addMinutes(wall, minutes) {
  const later = Date.parse(`${wall}Z`) + minutes * MINUTE;
  return new Date(later).toISOString().slice(0, 19);
}

/** @param {Day} day @param {number} days @returns {Day} */
export const addDays = (day, days) => dayOf(addMinutes(`${day}T00:00:00`, days * 1440));

/** 0 is Monday. @param {Day | Wall} day */
export const weekdayOf = (day) => (new Date(`${dayOf(day)}T00:00:00Z`).getUTCDay() + 6) % 7;

/** @param {Day} day @returns {Day} */
export const mondayOf = (day) => addDays(day, -weekdayOf(day));

/** @param {Intl.DateTimeFormatOptions} options @returns {(wall: Wall | Day) => string} */
function words(options) {
  const format = new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  return (wall) => format.format(new Date(wall.length > 10 ? `${wall}Z` : `${wall}T00:00:00Z`));
}

/** "10:00 AM" */
export const timeWords = words({ hour: "numeric", minute: "2-digit" });
/** "Wed, Nov 25" */
export const dayWords = words({ weekday: "short", month: "short", day: "numeric" });
/** "Wednesday, November 25" */
export const longDayWords = words({ weekday: "long", month: "long", day: "numeric" });
/** "Nov 25, 2026" */
export const dateWords = words({ month: "short", day: "numeric", year: "numeric" });

/** "Wed, Nov 25, 10:00 AM" @param {Wall} wall */
export const momentWords = (wall) => `${dayWords(wall)}, ${timeWords(wall)}`;

/** "Nov 23 – 29, 2026" @param {Day} first @param {Day} last */
export function daysWords(first, last) {
  const format = new Intl.DateTimeFormat("en-US",
    { month: "short", day: "numeric", year: "numeric", timeZone: "UTC" });
  return format.formatRange(Date.parse(first), Date.parse(last));
}

/** "10:00 – 10:50 AM" @param {Wall} start @param {Wall} end */
export function spanWords(start, end) {
  const [first, half] = timeWords(start).split(/\s/);
  const last = timeWords(end);
  return last.endsWith(half) ? `${first} – ${last}` : `${first} ${half} – ${last}`;
}

/** The pages' words for what the API names by codes. */

import { h, icon } from "./html.js";

const KEY = ["scheduled", "confirmed", "checked_in", "completed", "no_show", "held"];

/** @type {Record<string, string>} */
export const STATUSES = {
  held: "Kept",
  scheduled: "Not confirmed",
  confirmed: "Confirmed",
  checked_in: "Here",
  completed: "Done",
  no_show: "No-show",
  cancelled: "Cancelled",
  late_cancelled: "Cancelled late",
  cancelled_by_practice: "Cancelled by us",
};

/** For cards that have no room for more. @type {Record<string, string>} */
export const SHORT = {
  ...STATUSES,
  scheduled: "Unconf.",
  confirmed: "Conf.",
  cancelled: "Off",
  late_cancelled: "Off, late",
  cancelled_by_practice: "Off, by us",
};

/** @type {Record<string, string>} */
export const ATTENDANCES = {
  expected: "expected",
  attended: "came",
  cancelled: "cancelled",
  late_cancelled: "cancelled late",
  no_show: "did not come",
};

/** @type {Record<string, string>} */
export const FEES = { none: "", due: "Fee due", waived: "Fee waived", free: "Free" };

/** @type {Record<string, string>} */
export const AGE_GROUPS = {
  child: "Child",
  adolescent: "Adolescent",
  adult: "Adult",
  older_adult: "Older adult",
};

export const WEEKDAYS = [
  "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
];

/** @type {Record<string, string>} */
export const WORK_KINDS = {
  unresolved: "How did it go?",
  uncovered: "Not covered any more",
  message: "Message did not arrive",
  reply: "Wrote back",
  guarantee: "Asked for under the guarantee",
};

/** @type {Record<string, string>} */
export const MESSAGES = {
  booked: "Confirmation",
  reminder: "Reminder",
  moved: "Notice of a move",
  cancelled: "Notice of a cancellation",
  correction: "Correction",
  offer: "Offer of a free hour",
};

/** @type {Record<string, string>} */
export const CHANNELS = { sms: "text", email: "e-mail" };

/** @param {string} status @returns {any} the name of its icon */
export function iconOf(status) {
  return status.includes("cancelled") ? "cancelled" : status;
}

/** What the cards say, to be looked up. @returns {Node[]} */
export function keyOf() {
  return KEY.map((status) =>
    h("li", { class: `is-${status}` }, icon(iconOf(status)), STATUSES[status]));
}

/** "Room 1, Encino", "By video, Encino", "By video" @param {any} appointment */
export function placeWords(appointment) {
  const room = appointment.mode === "telehealth" ? "By video" : appointment.room?.name;
  return [room, appointment.office?.name].filter(Boolean).join(", ");
}

/** @param {any} appointment */
export function clientWords(appointment) {
  const named = appointment.clients.map((/** @type {any} */ one) => one.display_name);
  return named.join(", ") || "No client yet";
}

/** "1 session", "3 sessions" @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** What stands on a session's card, and on top of a column. */

import { h, icon } from "./html.js";
import { clockOf, longDayWords, spanWords, timeWords, wallOf } from "./wall.js";
import { SHORT, STATUSES, clientWords, iconOf, placeWords } from "./words.js";

/** @typedef {import("./columns.js").Column} Column */

/**
 * The state twice, as a drawing and in words, for whoever does not see colors; and in
 * words what its row and its column say to the eye.
 *
 * @param {any} appointment
 * @param {{withPlace: boolean}} options
 * @returns {Node[]}
 */
export function cardOf(appointment, { withPlace }) {
  const start = wallOf(appointment.starts_at);
  const end = wallOf(appointment.ends_at);
  const minutes = (Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 60_000;
  const [time, half] = timeWords(start).split(/\s/);
  const [where, who] = withPlace
    ? [placeWords(appointment), appointment.therapist.display_name]
    : [appointment.therapist.display_name, placeWords(appointment)];
  return [
    h("div", { class: minutes < 30 ? "card brief" : "card", title: titleOf(appointment) },
      h("p", { class: "when" },
        unseen(`${longDayWords(start)}, `),
        icon(iconOf(appointment.status)),
        h("time", { datetime: clockOf(start) }, time),
        unseen(` ${half} to ${timeWords(end)}, `),
        h("span", { class: "state long" }, STATUSES[appointment.status]),
        h("span", { class: "state short" }, SHORT[appointment.status]),
      ),
      h("p", { class: "who" }, clientWords(appointment)),
      h("p", { class: "where" }, appointment.mode === "telehealth" && icon("video"), where, unseen(`, ${who}`)),
    ),
  ];
}

/** @param {string} words */
const unseen = (words) => h("span", { class: "visually-hidden" }, words);

/** @param {any} appointment */
export function titleOf(appointment) {
  const span = spanWords(wallOf(appointment.starts_at), wallOf(appointment.ends_at));
  return [
    `${span}, ${STATUSES[appointment.status].toLowerCase()}`,
    clientWords(appointment),
    appointment.therapist.display_name,
    placeWords(appointment),
    appointment.note,
  ].filter(Boolean).join("\n");
}

/** @param {Column} column @returns {Node[]} */
export function headOf(column) {
  return [
    h("span", { class: `column-head ${column.color}` },
      h("strong", {}, column.title),
      h("span", { class: "subtitle" }, column.subtitle),
    ),
  ];
}

/** A week as a list, day by day: the way to read it on a telephone, and aloud. */

import { h, icon } from "../html.js";
import { addDays, dayOf, dayWords, longDayWords, spanWords, timeWords, wallOf } from "../wall.js";
import { STATUSES, clientWords, iconOf, placeWords } from "../words.js";

/** @typedef {import("../place.js").Place} Place */
/** @typedef {import("../reference.js").Reference} Reference */

export class WeekList {
  /** @param {HTMLElement} element @param {Reference} reference @param {(one: any) => void} opened */
  constructor(element, reference, opened) {
    this.element = element;
    this.reference = reference;
    this.opened = opened;
    this.isDragging = false;
    /** @type {string | undefined} the Monday of the week that is shown */
    this.shown = undefined;
  }

  /** Nothing, until it is known what is to be seen. */
  blank() {
    this.element.replaceChildren(h("p", { class: "quiet" }, "Looking…"));
  }

  /** @param {any} agenda @param {Place} place */
  show(agenda, place) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.id;
    const [monday] = place.days;
    const days = Array.from({ length: 7 }, (_, index) => addDays(monday, index));
    this.element.replaceChildren(...days.map((day) => this.dayOf(day, agenda, place)));
    if (focused) this.cardWith(focused)?.focus();
    if (this.shown !== monday) this.element.querySelector(".is-today")?.scrollIntoView();
    this.shown = monday;
  }

  /** @param {string} day @param {any} agenda @param {Place} place */
  dayOf(day, agenda, place) {
    const items = [
      ...agenda.appointments.filter(on(day)).map((/** @type {any} */ one) => [wallOf(one.starts_at), this.session(one)]),
      ...agenda.travel.filter((/** @type {any} */ leg) => dayOf(leg.start) === day)
        .map((/** @type {any} */ leg) => [leg.start, travel(leg)]),
      ...agenda.time_off.filter(touches(day)).map((/** @type {any} */ one) => [wallOf(one.starts_at), away(one, day, "Time off")]),
      ...agenda.closures.filter(touches(day)).map((/** @type {any} */ one) => [wallOf(one.starts_at), away(one, day, closedWords(one))]),
    ].sort((one, other) => (one[0] < other[0] ? -1 : 1));
    const hours = agenda.availability.filter(on(day));
    const isToday = day === place.today;
    return h("section", { class: `day-of-week${isToday ? " is-today" : ""}`, "aria-labelledby": `day-${day}` },
      h("h2", { id: `day-${day}` }, longDayWords(day), isToday && h("span", { class: "badge" }, "Today")),
      h("p", { class: "quiet" }, hours.map(windowWords).join("; ") || "No hours"),
      items.length > 0 && h("ul", {}, ...items.map(([, item]) => item)));
  }

  /** @param {any} one */
  session(one) {
    const start = wallOf(one.starts_at);
    return h("li", {},
      h("button", { type: "button", "data-id": one.id,
        class: `session ec-event is-${one.status} ${this.reference.colorOf(one.office?.slug)}`,
        onclick: () => this.opened(one) },
        h("span", { class: "when" }, spanWords(start, wallOf(one.ends_at))),
        h("strong", {}, clientWords(one)),
        h("span", { class: "where" }, one.mode === "telehealth" && icon("video"), placeWords(one)),
        h("span", { class: "state" }, icon(iconOf(one.status)), STATUSES[one.status])));
  }

  /** @param {string} id @returns {HTMLElement | undefined} */
  cardWith(id) {
    return [...this.element.querySelectorAll(/** @type {"button"} */ ("[data-id]"))]
      .find((card) => card.dataset.id === id);
  }
}

/** @param {string} day @returns {(one: any) => boolean} */
const on = (day) => (one) => dayOf(one.starts_at) === day;

/** @param {string} day @returns {(one: any) => boolean} */
const touches = (day) => (one) =>
  wallOf(one.starts_at) < `${addDays(day, 1)}T00:00:00` && wallOf(one.ends_at) > `${day}T00:00:00`;

/** @param {import("./travel.js").Leg} leg */
function travel(leg) {
  return h("li", { class: leg.isTight ? "leg is-tight" : "leg" }, icon("next"),
    `${timeWords(leg.start)}: ${leg.words}`);
}

/** @param {any} one @param {string} day @param {string} words */
function away(one, day, words) {
  const [start, end] = [wallOf(one.starts_at), wallOf(one.ends_at)];
  const isWhole = start <= `${day}T00:00:00` && end >= `${addDays(day, 1)}T00:00:00`;
  const until = dayOf(end) === day ? timeWords(end) : dayWords(end);
  const from = dayOf(start) === day ? timeWords(start) : dayWords(start);
  return h("li", { class: "away" }, isWhole ? `${words}, all day` : `${words}, ${from} – ${until}`);
}

/** @param {any} one */
const closedWords = (one) => (one.reason ? `Closed: ${one.reason}` : "Closed");

/** @param {any} hours */
function windowWords(hours) {
  const where = hours.office?.name ?? "elsewhere, by video";
  return `${spanWords(wallOf(hours.starts_at), wallOf(hours.ends_at))}, ${where}`;
}

/** The calendar itself: the component, set up once, and fed with agendas. */

import { cardOf, headOf } from "./card.js";
import { emptyDays } from "./columns.js";
import { lay } from "./events.js";
import { h } from "./html.js";
import { addMinutes, offsetOf, wallOf } from "./wall.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./reference.js").Reference} Reference */
/** @typedef {import("./columns.js").Column} Column */

/**
 * @typedef {object} Handlers
 * @property {(appointment: any) => void} opened a session was chosen
 * @property {(wall: string, column: Column | undefined) => void} wanted a free place was
 * @property {(appointment: any, wall: string, column: Column | undefined, revert: () => void) => void} dropped
 */

// In pixels, of a half hour.
const HEAD_HEIGHT = 56;
const LEAST_HEIGHT = 30;
const MOST_HEIGHT = 44;
const TABLE_PARTS = "[role=table], [role=rowgroup], [role=row], [role=columnheader], [role=cell]";
const COMPONENT = /** @type {any} */ (globalThis).EventCalendar;

export class Board {
  /** @param {HTMLElement} element @param {Reference} reference @param {Handlers} handlers */
  constructor(element, reference, handlers) {
    this.element = element;
    this.reference = reference;
    this.handlers = handlers;
    this.isDragging = false;
    /** @type {Column[]} */
    this.columns = [];
    /** @type {any[]} */
    this.shown = [];
    /** @type {any} */
    this.agenda = undefined;
    /** @type {any} */
    this.calendar = undefined;
    this.withPlace = false;
    /** @type {[number, number]} the hours of the day that are there */
    this.hours = [8, 20];
    /** @type {string | undefined} the card that has the focus while all are made anew */
    this.focused = undefined;
    /** @type {Map<string, string>} the options as they were given last */
    this.given = new Map();
    addEventListener("resize", () => this.calendar?.setOption("slotHeight", this.slotHeight()));
  }

  /** Show an agenda. @param {any} agenda @param {Place} place */
  show(agenda, place) {
    const { columns, events, shown, hours } = lay(agenda, place, this.reference);
    this.hours = hours;
    this.columns = columns;
    this.shown = shown;
    const card = document.activeElement?.closest(".ec-event");
    if (card instanceof HTMLElement) this.focused = card.dataset.id;
    this.agenda = agenda;
    this.withPlace = place.isWeekOfTherapist || (place.by === "therapists" && place.view === "day");
    const options = {
      view: viewOf(place),
      date: place.date,
      timeZone: offsetOf(this.reference.zone),
      datesAboveResources: place.view === "week",
      hiddenDays: emptyDays(shown, agenda, place),
      resources: columns.map((column) => ({ id: column.id, title: column.title, extendedProps: column })),
      slotMinTime: clockOfHour(hours[0]),
      slotMaxTime: clockOfHour(hours[1]),
      slotHeight: this.slotHeight(),
      events,
    };
    for (const [name, value] of Object.entries(options)) this.set(name, value);
    this.calendar ??= COMPONENT.create(this.element, { ...this.settings(), ...options });
    this.element.removeAttribute("aria-busy");
  }

  /** Nothing, until it is known what is to be seen: better than what is not so. */
  blank() {
    this.element.setAttribute("aria-busy", "true");
  }

  /** Only what has changed: the component makes much anew. @param {string} name @param {any} value */
  set(name, value) {
    const text = JSON.stringify(value);
    if (this.given.get(name) === text) return;
    this.given.set(name, text);
    this.calendar?.setOption(name, value);
  }

  settings() {
    return {
      allDaySlot: false,
      columnWidth: "minmax(var(--column), 1fr)",
      dayHeaderFormat: { weekday: "short", month: "short", day: "numeric" },
      eventDurationEditable: false,
      eventLongPressDelay: 350,
      eventStartEditable: true,
      firstDay: 1,
      flexibleSlotTimeLimits: true,
      headerToolbar: { start: "", center: "", end: "" },
      height: "100%",
      locale: "en-US",
      nowIndicator: true,
      pointer: false,
      scrollTime: "07:30",
      slotDuration: "00:30",
      slotEventOverlap: false,
      slotLabelFormat: { hour: "numeric" },
      slotLabelInterval: "01:00",
      snapDuration: "00:15",
      dateClick: (/** @type {any} */ info) =>
        this.handlers.wanted(info.dateStr, info.resource?.extendedProps),
      eventAllUpdated: () => this.settle(),
      eventClick: (/** @type {any} */ info) =>
        this.handlers.opened(info.event.extendedProps.appointment),
      eventContent: (/** @type {any} */ info) => this.contentOf(info.event),
      eventDidMount: (/** @type {any} */ info) => { info.el.dataset.id = info.event.id; },
      eventDragStart: () => { this.isDragging = true; },
      eventDragStop: () => { this.isDragging = false; },
      eventDrop: (/** @type {any} */ info) => this.drop(info),
      resourceLabelContent: (/** @type {any} */ info) => ({
        domNodes: headOf(info.resource.extendedProps),
      }),
    };
  }

  /** A day fills the height that there is, with a half hour to spare, and a card keeps
   *  room for its three lines. */
  slotHeight() {
    const slots = 2 * (this.hours[1] - this.hours[0]) + 1;
    const fitting = Math.floor((this.element.clientHeight - HEAD_HEIGHT) / slots);
    return Math.min(Math.max(fitting, LEAST_HEIGHT), MOST_HEIGHT);
  }

  /** @param {any} event */
  contentOf(event) {
    const { appointment, words } = event.extendedProps;
    if (appointment) return { domNodes: cardOf(appointment, { withPlace: this.withPlace }) };
    return { domNodes: words ? [h("span", { class: "reason" }, words)] : [] };
  }

  /** @param {any} info */
  drop(info) {
    const { appointment } = info.event.extendedProps;
    const seconds = info.delta.days * 86400 + info.delta.seconds;
    const column = info.newResource?.extendedProps;
    const isSameLane = column?.kind === "video" && info.oldResource?.extendedProps.kind === "video";
    if (seconds === 0 && (column === undefined || isSameLane)) {
      info.revert();
      return;
    }
    const wall = addMinutes(wallOf(appointment.starts_at), seconds / 60);
    this.handlers.dropped(appointment, wall, column, info.revert);
  }

  /** The hours that a therapist has then. @param {string} therapist @param {string} wall */
  hoursAt(therapist, wall) {
    return this.agenda.availability.find((/** @type {any} */ hours) =>
      hours.therapist === therapist && wallOf(hours.starts_at) <= wall && wall < wallOf(hours.ends_at));
  }

  /**
   * Let the cards have one stop of the Tab key between them; arrows go on from there.
   *
   * The component calls its grid a table, which a table with cards for rows is not.
   */
  settle() {
    for (const part of this.element.querySelectorAll(TABLE_PARTS)) {
      for (const name of ["role", "aria-colindex", "aria-colspan"]) part.removeAttribute(name);
    }
    for (const empty of this.element.querySelectorAll(".ec-bg-event:not(:has(.reason))")) {
      empty.setAttribute("aria-hidden", "true");
    }
    const cards = this.cards();
    if (this.focused && document.activeElement === document.body) this.cardWith(this.focused)?.focus();
    this.focused = undefined;
    const stop = cards.find((card) => card === document.activeElement) ?? cards[0];
    for (const card of cards) card.tabIndex = card === stop ? 0 : -1;
  }

  /** @returns {HTMLElement[]} */
  cards() {
    return [...this.element.querySelectorAll(/** @type {"div"} */ (".ec-event:not(.ec-ghost, .ec-preview)"))];
  }

  /** @param {string} id @returns {HTMLElement | undefined} */
  cardWith(id) {
    return this.cards().find((card) => card.dataset.id === id);
  }
}

/** "08:00" @param {number} hour */
const clockOfHour = (hour) => `${String(hour).padStart(2, "0")}:00`;

/** @param {Place} place */
function viewOf(place) {
  if (place.isWeekOfTherapist) return "timeGridWeek";
  return place.view === "week" ? "resourceTimeGridWeek" : "resourceTimeGridDay";
}

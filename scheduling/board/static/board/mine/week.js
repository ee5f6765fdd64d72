/** My week over all offices: a grid where there is room for it, else a list. */

import { get, list, send } from "../api.js";
import { openAppointment } from "../appointment.js";
import { Board } from "../board.js";
import { startSomehow, tellReached } from "../connection.js";
import { Feed } from "../feed.js";
import { byId, icon, press } from "../html.js";
import { listen } from "../keyboard.js";
import { move } from "../move.js";
import { note } from "../notes.js";
import { Place, atMidnight, today } from "../place.js";
import { load } from "../reference.js";
import { daysWords, instantOf } from "../wall.js";
import { keyOf } from "../words.js";
import { OwnDesk } from "./own-desk.js";
import { TravelTimes, legsOf } from "./travel.js";
import { WeekList } from "./week-list.js";

/** @typedef {import("../wall.js").NoSuchTime} NoSuchTime */

const WIDE = "(min-width: 700px)";
const MOUSE = "Click a card to see more of it; drag it to move it.";
const me = document.body.dataset.therapist ?? "";

class Week {
  /** @param {Place} place */
  constructor(place) {
    this.place = place;
    /** @type {"grid" | "list"} */
    this.look = matchMedia(WIDE).matches ? "grid" : "list";
    this.feed = new Feed(() => this.address, {
      changed: (calendar) => this.show(calendar),
      reached: tellReached,
      unread: () => this.desk.board.blank(),
      mayShow: () => !this.desk.board.isDragging,
    });
    /** @type {OwnDesk} set by `start`, when there is something to show */
    this.desk = /** @type {any} */ (undefined);
  }

  async start() {
    const [reference, rows, policy, closures, calendar] = await Promise.all([
      load(), list("travel-times/?limit=200"), get("policy/"), list("closures/?limit=200"),
      send("GET", this.address),
    ]);
    this.times = new TravelTimes(rows, policy.default_travel_minutes);
    this.closures = closures;
    this.desk = new OwnDesk(reference, this.place, this.feed);
    const opened = (/** @type {any} */ one) => openAppointment(one.id, this.desk);
    this.grid = new Board(byId("calendar"), reference, {
      opened, wanted: () => {}, dropped: (one, wall, _, revert) => this.drop(one, wall, revert),
    });
    this.list = new WeekList(byId("list"), reference, opened);
    this.listen();
    this.choose(this.look);
    this.feed.start(calendar);
  }

  /** What is read: oneself, over all offices. */
  get address() {
    const [from, to] = this.place.days;
    const asked = new URLSearchParams({ from, to });
    if (this.place.cancelled) asked.set("include_cancelled", "true");
    return `therapists/${me}/calendar/?${asked}`;
  }

  /** @param {any} calendar */
  show(calendar) {
    const mine = (/** @type {any} */ one) => ({ ...one, therapist: me });
    const agenda = {
      appointments: calendar.appointments,
      availability: calendar.availability.map(mine),
      time_off: calendar.time_off.map(mine),
      closures: closedIn(calendar, this.closures),
      travel: legsOf(calendar.appointments, /** @type {TravelTimes} */ (this.times)),
    };
    this.desk.board.show(agenda, this.place);
  }

  /** @param {any} one @param {string} wall @param {() => void} revert */
  drop(one, wall, revert) {
    try {
      const starts_at = instantOf(wall, this.desk.reference.zoneOf(one.office?.slug));
      void move(this.desk, one, { starts_at }, revert);
    } catch (failure) {
      revert();
      note(/** @type {NoSuchTime} */ (failure).message, { isAlert: true });
    }
  }

  listen() {
    const { place } = this;
    byId("previous").append(icon("previous"));
    byId("next").append(icon("next"));
    byId("key").append(...keyOf());
    const going = (/** @type {() => void} */ act) => () => {
      act();
      this.tell();
      this.feed.again();
      void this.feed.read();
    };
    byId("previous").addEventListener("click", going(() => place.turn(-1)));
    byId("next").addEventListener("click", going(() => place.turn(1)));
    byId("today").addEventListener("click", going(() => { place.date = today(place.zone); }));
    byId("date").addEventListener("change", () => {
      if (byId("date").value >= "2000") going(() => { place.date = byId("date").value; })();
    });
    byId("cancelled").addEventListener("change", going(() => { place.cancelled = byId("cancelled").checked; }));
    for (const button of document.querySelectorAll("[data-show]")) {
      const look = /** @type {any} */ (button).dataset.show;
      button.addEventListener("click", going(() => this.choose(look)));
    }
    if (this.grid) listen(this.grid, MOUSE);
    atMidnight(place, going(() => { if (place.isBehind) place.date = place.today; }));
  }

  /** @param {"grid" | "list"} look */
  choose(look) {
    this.look = look;
    this.desk.board = /** @type {any} */ (look === "grid" ? this.grid : this.list);
    byId("calendar").hidden = look !== "grid";
    byId("key").hidden = look !== "grid";
    byId("list").hidden = look !== "list";
    this.tell();
  }

  tell() {
    const { place } = this;
    const title = daysWords(...place.days);
    const [monday, sunday] = place.days;
    const now = today(place.zone);
    byId("title").textContent = title;
    document.title = `${title} · My LA Therapy`;
    byId("date").value = place.date;
    byId("cancelled").checked = place.cancelled;
    byId("usage").href = `/my/reports/?from=${monday}&to=${sunday}`;
    byId("today").setAttribute("aria-current", String(monday <= now && now <= sunday));
    press("[data-show]", (button) => button.dataset.show === this.look);
    history.replaceState(null, "", location.pathname + place.weekSearch);
  }
}

/** Closures of the practice, and those of an office as far as one works there then.
 *  @param {any} calendar @param {any[]} [closures] */
function closedIn(calendar, closures = []) {
  const week = { starts_at: calendar.from, ends_at: calendar.to };
  return closures.flatMap((one) => {
    const there = calendar.availability.filter((/** @type {any} */ hours) => hours.office?.slug === one.office);
    const places = one.office === null ? [week] : there;
    return places.filter((/** @type {any} */ place) => meets(one, place)).map((/** @type {any} */ place) => ({
      starts_at: place === week ? one.starts_at : later(one, place),
      ends_at: place === week ? one.ends_at : earlier(one, place),
      office: null,
      reason: [place.office?.name, one.reason].filter(Boolean).join(", "),
    }));
  });
}

/** @param {any} one @param {any} other */
const meets = (one, other) =>
  Date.parse(one.starts_at) < Date.parse(other.ends_at) && Date.parse(other.starts_at) < Date.parse(one.ends_at);

/** @param {any} one @param {any} other */
const later = (one, other) =>
  (Date.parse(one.starts_at) > Date.parse(other.starts_at) ? one : other).starts_at;

/** @param {any} one @param {any} other */
const earlier = (one, other) =>
  (Date.parse(one.ends_at) < Date.parse(other.ends_at) ? one : other).ends_at;

void startSomehow(() => new Week(Place.ofMyWeek(document.body.dataset.zone ?? "UTC", me)).start());

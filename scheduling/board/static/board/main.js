/** The day board: puts its parts together. */

import { send } from "./api.js";
import { openAppointment } from "./appointment.js";
import { Board } from "./board.js";
import { openBooking } from "./booking.js";
import { isRefusal, startSomehow, tellReached } from "./connection.js";
import { Desk } from "./desk.js";
import { Feed } from "./feed.js";
import { openFind } from "./find.js";
import { openGuarantee } from "./guarantee-dialog.js";
import { byId } from "./html.js";
import { openInbox } from "./inbox.js";
import { listen } from "./keyboard.js";
import { move, placeOf } from "./move.js";
import { note } from "./notes.js";
import { openPapers } from "./papers.js";
import { Place, VIDEO, atMidnight } from "./place.js";
import { load } from "./reference.js";
import { Toolbar } from "./toolbar.js";
import { Waitlist } from "./waitlist.js";
import { addMinutes, clockOf, dayOf, instantOf, wallNow } from "./wall.js";
import { WorkList } from "./work-list.js";

/** @typedef {import("./wall.js").NoSuchTime} NoSuchTime */

const MOUSE = "Click a free place to book it, a card to see more of it; " +
  "drag a card to move it, also to another column.";

async function start() {
  const place = Place.ofAddress(document.body.dataset.zone ?? "UTC");
  /** @type {Feed} */
  const feed = new Feed(() => agendaOf(place), {
    changed: (agenda) => desk.board.show(agenda, place),
    reached: tellReached,
    unread: () => desk.board.blank(),
    mayShow: () => !desk.board.isDragging,
  });
  const [reference, agenda] = await Promise.all([load(), firstAgenda(place)]);
  const text = agenda !== null && place.isKnown(reference) ? agenda : await beginAnew(place);
  /** @type {Desk} */
  const desk = new Desk(reference, place, feed);
  desk.board = new Board(byId("calendar"), reference, {
    opened: (appointment) => openAppointment(appointment.id, desk),
    wanted: (wall, column) => openBooking(desk, wantedAt(desk, wall, column)),
    dropped: (appointment, wall, column, revert) => {
      const zone = reference.zoneOf(column?.office ?? appointment.office?.slug);
      try {
        const to = { starts_at: instantOf(wall, zone), ...placeOf(column) };
        void move(desk, appointment, to, revert);
      } catch (failure) {
        revert();
        note(/** @type {NoSuchTime} */ (failure).message, { isAlert: true });
      }
    },
  });
  const toolbar = new Toolbar(place, reference, () => { feed.again(); void feed.read(); });
  desk.go = (date) => toolbar.go(date);
  const work = new WorkList(byId("work"), desk);
  desk.work = work;
  desk.showGuarantee = (guarantee) => void openGuarantee(desk, guarantee);
  feed.start(text);
  atMidnight(place, () => toolbar.go(place.isBehind ? place.today : place.date));
  byId("find").addEventListener("click", () => openFind(desk));
  byId("inbox").addEventListener("click", () => openInbox(desk));
  byId("papers").addEventListener("click", () => openPapers(desk));
  byId("new").addEventListener("click", () => openBooking(desk, soon(desk)));
  listen(desk.board, MOUSE);
  new Waitlist(byId("waitlist"), desk);
  await work.read();
}

/** What the board shows of the practice, as an address. @param {Place} place */
function agendaOf(place) {
  const [from, to] = place.days;
  const asked = new URLSearchParams({ from, to });
  if (place.isWeekOfTherapist) asked.set("therapist", place.therapist);
  if (place.cancelled) asked.set("include_cancelled", "true");
  return `agenda/?${asked}`;
}

/** Null if the server does not know what the address of the page names. @param {Place} place */
async function firstAgenda(place) {
  try {
    return await send("GET", agendaOf(place));
  } catch (failure) {
    if (isRefusal(failure)) return null;
    throw failure;
  }
}

/** Where everybody begins. @param {Place} place */
function beginAnew(place) {
  place.reset();
  history.replaceState(null, "", location.pathname);
  note("The address of this page names a day, a person or a place that is not there. This is today, with everybody.",
    { isAlert: true });
  return send("GET", agendaOf(place));
}

/** What clicking a free place means. @param {Desk} desk @param {string} wall
 *  @param {import("./columns.js").Column | undefined} column */
function wantedAt(desk, wall, column) {
  const common = { day: dayOf(wall), clock: clockOf(wall) };
  if (column?.kind === "room") return { ...common, office: column.office, room: column.room };
  if (column?.kind === "video") return { ...common, office: VIDEO };
  const therapist = column?.therapist ?? desk.place.therapist;
  const hours = desk.board.hoursAt(therapist, wall);
  return { ...common, therapist, office: hours ? hours.office?.slug ?? VIDEO : undefined };
}

/** The next half hour of the day that is shown. @param {Desk} desk */
function soon(desk) {
  const now = wallNow(desk.reference.zone);
  if (desk.place.date !== dayOf(now)) return { day: desk.place.date, clock: "09:00" };
  const later = addMinutes(now, 30 - (Number(now.slice(14, 16)) % 30));
  return { day: dayOf(later), clock: clockOf(later) };
}

void startSomehow(start);

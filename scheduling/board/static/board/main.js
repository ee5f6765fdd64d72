/** The day board: puts its parts together. */

import { openAppointment } from "./appointment.js";
import { Board } from "./board.js";
import { openBooking } from "./booking.js";
import { Desk } from "./desk.js";
import { Feed } from "./feed.js";
import { openFind } from "./find.js";
import { byId } from "./html.js";
import { listen } from "./keyboard.js";
import { move, placeOf } from "./move.js";
import { Place } from "./place.js";
import { load } from "./reference.js";
import { Toolbar } from "./toolbar.js";
import { addMinutes, clockOf, dayOf, instantOf, wallNow } from "./wall.js";
import { VIDEO } from "./when-and-where.js";
import { WorkList } from "./work-list.js";

async function start() {
  const reference = await load();
  const place = Place.ofAddress(reference.zone);
  const desk = new Desk(reference, place);
  desk.board = new Board(byId("calendar"), reference, {
    opened: (appointment) => openAppointment(appointment.id, desk),
    wanted: (wall, column) => openBooking(desk, wantedAt(desk, wall, column)),
    dropped: (appointment, wall, column, revert) => {
      const zone = reference.zoneOf(column?.office ?? appointment.office?.slug);
      return move(desk, appointment, { starts_at: instantOf(wall, zone), ...placeOf(column) }, revert);
    },
  });
  desk.feed = new Feed(place, {
    changed: (agenda) => desk.board.show(agenda, place),
    reached: tellReached,
    mayShow: () => !desk.board.isDragging,
  });
  desk.work = new WorkList(byId("work"), desk);
  const toolbar = new Toolbar(place, reference, () => { desk.feed.again(); void desk.feed.read(); });
  desk.go = (date) => toolbar.go(date);
  byId("find").addEventListener("click", () => openFind(desk));
  byId("new").addEventListener("click", () => openBooking(desk, soon(desk)));
  listen(desk.board);
  await Promise.all([desk.feed.start(), desk.work.read()]);
}

/** @param {boolean} isReachable */
function tellReached(isReachable) {
  const told = byId("connection");
  told.hidden = isReachable;
  told.textContent = isReachable
    ? ""
    : "The server cannot be reached. What you see may be out of date; trying again.";
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

void start();

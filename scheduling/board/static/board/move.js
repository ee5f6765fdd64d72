/** Moving an appointment: dropped on the board, or by a form that says the same. */

import { Problem, post } from "./api.js";
import { Dialog, field, refill, select, tellTick } from "./dialog.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { VIDEO } from "./place.js";
import { refusalOf } from "./refusal.js";
import { clockOf, dayOf, instantOf, momentWords, wallAt, wallOf } from "./wall.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./columns.js").Column} Column */

/**
 * What dropping a session in a column means, beside its time.
 *
 * @param {Column | undefined} column
 */
export function placeOf(column) {
  if (column === undefined) return {};
  if (column.kind === "therapist") return { therapist: column.therapist };
  if (column.kind === "video") return { mode: "telehealth" };
  return { office: column.office, room: column.room, mode: "in_person" };
}

/**
 * Move it there; if that is refused, put it back and say why.
 *
 * @param {Desk} desk @param {any} appointment @param {any} to @param {() => void} [revert]
 */
export async function move(desk, appointment, to, revert) {
  try {
    const moved = await post(`appointments/${appointment.id}/reschedule/`, to, appointment.version);
    tellOf(desk, appointment, moved, tellingOf(to));
  } catch (failure) {
    revert?.();
    if (failure instanceof Problem && failure.status === 412) {
      note("Somebody else has just changed this appointment. Look at it again.", { isAlert: true });
    } else if (failure instanceof Problem) {
      refused(desk, appointment, to, failure);
    } else {
      note(/** @type {Error} */ (failure).message, { isAlert: true });
    }
  }
  await desk.refresh();
}

/** Whether the client is told, as was chosen: of a drop, and of moving it back, as well.
 *  @param {any} to */
const tellingOf = ({ tell_client: isTold = true }) => ({ tell_client: isTold });

/** @param {Desk} desk @param {any} before @param {any} moved @param {{tell_client: boolean}} telling */
function tellOf(desk, before, moved, telling) {
  const back = {
    ...telling,
    starts_at: before.starts_at,
    therapist: before.therapist.id,
    mode: before.mode,
    office: before.office?.slug ?? null,
    ...(before.room && { room: before.room.id }),
  };
  note([
    `Moved to ${momentWords(wallOf(moved.starts_at))}, ${whereWords(moved)}.`,
    !telling.tell_client && "The client is not told.",
    isUnconfirmed(before, moved) && "It was confirmed, and is not any more: Undo does not bring that back.",
  ].filter(Boolean).join(" "), { undo: () => move(desk, moved, back) });
}

/** What somebody has confirmed is the time that it had. @param {any} before @param {any} moved */
const isUnconfirmed = (before, moved) => before.status === "confirmed" && moved.status !== "confirmed";

/** @param {any} one */
function whereWords(one) {
  const where = one.mode === "telehealth" ? "by video" : `${one.room?.name}, ${one.office?.name}`;
  return `${where}, with ${one.therapist.display_name}`;
}

/** @param {Desk} desk @param {any} appointment @param {any} to @param {Problem} problem */
function refused(desk, appointment, to, problem) {
  const dialog = new Dialog("It stays where it was");
  /** @param {any} other */
  const again = (other) => {
    dialog.close();
    void move(desk, appointment, other);
  };
  dialog.fill(...refusalOf(problem, {
    day: dayOf(to.starts_at),
    choose: (slot) => again({ ...toSlot(slot), ...tellingOf(to) }),
    insist: desk.isFrontDesk ? (override) => again({ ...to, ...override }) : undefined,
    insistWords: "Move it all the same",
  })).foot(h("button", { type: "button", onclick: () => dialog.close() }, "Leave it there"));
  dialog.open();
}

/** @param {any} slot */
function toSlot(slot) {
  return {
    starts_at: slot.starts_at,
    therapist: slot.therapist.id,
    mode: slot.mode,
    office: slot.office?.slug ?? null,
  };
}

/**
 * The form: date, time, therapist and place.
 *
 * @param {Desk} desk @param {any} appointment
 */
export function openMove(desk, appointment) {
  const wall = wallOf(appointment.starts_at);
  const date = h("input", { type: "date", value: dayOf(wall), required: true });
  const time = h("input", { type: "time", value: clockOf(wall), required: true });
  const therapist = select(desk.therapistChoices(appointment.therapist), appointment.therapist.id);
  const where = whereAsked(desk, appointment);
  const tell = tellTick();
  const dialog = new Dialog("Move the appointment");
  const submit = () => dialog.during(async () => {
    const zone = desk.reference.zoneOf(where.office);
    const starts_at = instantOf(wallAt(date.value, time.value), zone);
    dialog.close();
    await move(desk, appointment, { starts_at, therapist: therapist.value, ...where.asked, ...tell.asked });
  });
  const form = h("form", {
    id: "move-form",
    onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void submit(); },
  },
    h("div", { class: "pair" }, field("Date", date), field("Time", time)),
    field("Therapist", therapist),
    where.element,
    tell.element,
  );
  dialog.fill(form).foot(
    h("button", { class: "primary", form: "move-form" }, "Move"),
    h("button", { type: "button", onclick: () => dialog.close() }, "Back"),
  ).open();
}

/** The office, or by video, and the room; as long as the office stays, its room does.
 *  @param {Desk} desk @param {any} appointment */
function whereAsked(desk, appointment) {
  const isCall = appointment.mode === "telehealth";
  const office = select([...desk.officeChoices(), [VIDEO, "By video"]],
    isCall ? VIDEO : appointment.office?.slug);
  const room = h("select");
  const showRooms = () => {
    const isHere = office.value === appointment.office?.slug;
    refill(room, desk.roomChoices(office.value), isHere ? appointment.room?.id : undefined);
    room.disabled = office.value === VIDEO;
  };
  office.addEventListener("change", showRooms);
  showRooms();
  return {
    element: h("div", { class: "pair" }, field("Where", office), field("Room", room)),
    get office() { return office.value; },
    get asked() {
      if (office.value === VIDEO) return { mode: "telehealth" };
      return { office: office.value, mode: "in_person", ...(room.value && { room: room.value }) };
    },
  };
}

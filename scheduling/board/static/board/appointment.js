/** One appointment: what is known of it, and what can be done with it. */

import { Problem, call, get, post, serverNow } from "./api.js";
import { openBookingOfHold } from "./booking.js";
import { openCancel } from "./cancel.js";
import { Dialog, field, sayOf } from "./dialog.js";
import { guaranteeOf } from "./guarantee.js";
import { h, icon } from "./html.js";
import { openMembers } from "./members.js";
import { openMove } from "./move.js";
import { note } from "./notes.js";
import { openSeriesChange } from "./series-change.js";
import { timelineOf } from "./timeline.js";
import { decisionOf } from "./uncovered.js";
import { dateWords, longDayWords, momentWords, spanWords, timeWords, wallOf } from "./wall.js";
import { ATTENDANCES, FEES, STATUSES, clientWords, iconOf, placeWords } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** What the buttons say, by the address of the change. @type {Record<string, string>} */
const VERBS = {
  confirm: "Confirm",
  "check-in": "Check in",
  complete: "Done",
  "no-show": "No-show",
  reopen: "Take back",
};

/** Which of them are shown; whether one is possible now, the server says. @type {Record<string, string[]>} */
const OFFERED = {
  scheduled: ["check-in", "confirm", "complete", "no-show"],
  confirmed: ["check-in", "complete", "no-show"],
  checked_in: ["complete", "reopen"],
  completed: ["reopen"],
  no_show: ["check-in", "reopen"],
};
const TO_COME = new Set(["scheduled", "confirmed"]);

/** @param {string} id @param {Desk} desk */
export async function openAppointment(id, desk) {
  try {
    const one = await get(`appointments/${id}/`);
    if (one.status === "held" && desk.isFrontDesk) await openBookingOfHold(id, desk);
    else new AppointmentDialog(one, desk);
  } catch (failure) {
    const isGone = failure instanceof Problem && failure.status === 404;
    note(isGone ? "It is not there any more." : /** @type {Error} */ (failure).message, { isAlert: true });
    await desk.refresh();
  }
}

class AppointmentDialog {
  /** @param {any} one @param {Desk} desk */
  constructor(one, desk) {
    this.desk = desk;
    this.one = one;
    this.dialog = new Dialog(clientWords(one), { closed: () => desk.board.cardWith(one.id)?.focus() });
    this.show(one);
    this.dialog.open();
  }

  /** A session to come may be one that the books no longer allow. @param {any} one */
  async showDecision(one) {
    if (!TO_COME.has(one.status)) return;
    try {
      const told = await decisionOf(one,
        this.desk.isFrontDesk ? (act) => this.decide(act) : undefined);
      if (told && this.one === one) this.decision.replaceChildren(told);
    } catch (failure) {
      this.dialog.complain(sayOf(failure));
    }
  }

  /** @param {() => Promise<any>} act */
  async decide(act) {
    await this.change(async () => {
      await act();
      return get(`appointments/${this.one.id}/`);
    });
  }

  /** @param {any} one */
  show(one) {
    const unsaved = this.unsaved();
    this.one = one;
    this.decision = h("div");
    void this.showDecision(one);
    const start = wallOf(one.starts_at);
    this.dialog.fill(
      h("p", { class: `status is-${one.status} ${this.desk.reference.colorOf(one.office?.slug)}` },
        icon(iconOf(one.status)), STATUSES[one.status]),
      this.decision,
      this.desk.isFrontDesk && guaranteeOf({ one, desk: this.desk, dialog: this.dialog,
        back: () => openAppointment(one.id, this.desk) }),
      h("dl", { class: "facts" },
        ...fact("When", `${longDayWords(start)}, ${spanWords(start, wallOf(one.ends_at))}`),
        ...fact("Where", placeWords(one)),
        ...fact("With", one.therapist.display_name),
        ...fact("What", this.desk.reference.sessionType(one.session_type)?.name ?? one.session_type),
        ...this.clients(one),
        ...this.history(one),
      ),
      this.noteForm(one, unsaved),
      this.desk.isFrontDesk && timelineOf(one.id),
    );
    this.dialog.foot(...this.buttons(one));
  }

  /** Names alone, unless there is something to say of one. @param {any} one */
  clients(one) {
    const isPlain = one.clients.length < 2 && one.clients.every((/** @type {any} */ each) => each.fee === "none");
    if (isPlain) return [];
    const rows = one.clients.map((/** @type {any} */ each) => {
      const words = [ATTENDANCES[each.attendance], FEES[each.fee], each.fee_reason].filter(Boolean);
      return h("li", {}, h("strong", {}, each.display_name), ` ${words.join(", ")}`);
    });
    return fact("Clients", h("ul", {}, ...rows));
  }

  /** @param {any} one */
  history(one) {
    const isOver = one.cancelled_at !== null;
    return [
      ...(one.overridden.length > 0 ? fact("Set aside", `${one.overridden.join(", ").replaceAll("_", " ")}: ${one.override_reason}`) : []),
      ...(isOver ? fact("Cancelled", [momentWords(wallOf(one.cancelled_at)), one.cancel_reason].filter(Boolean).join(": ")) : []),
      ...(TO_COME.has(one.status) ? fact("To cancel", cancelWords(one)) : []),
      ...fact("Booked", `${dateWords(wallOf(one.created_at))}, ${timeWords(wallOf(one.created_at))}${one.reschedules ? `, moved ${one.reschedules} ×` : ""}`),
    ];
  }

  /** What somebody has typed and not saved, which no other change takes away. */
  unsaved() {
    const typed = this.text?.value;
    return typed === this.one.note ? undefined : typed;
  }

  /** @param {any} one @param {string} [unsaved] */
  noteForm(one, unsaved = one.note) {
    const text = h("textarea", { maxlength: 2000, rows: 2, value: unsaved });
    const save = h("button", { hidden: unsaved === one.note }, "Save the note");
    const isOther = unsaved !== one.note && one.note !== "";
    const other = isOther && h("p", { class: "quiet" }, `Saved so far: ${one.note}`);
    text.addEventListener("input", () => { save.hidden = text.value === this.one.note; });
    this.text = text;
    return h("form", {
      class: "note-form",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void this.change(async () => {
          const saved = await call("PATCH", `appointments/${one.id}/`,
            { body: { note: text.value }, version: this.one.version });
          text.value = this.one.note; // nothing is left to save
          return saved;
        });
      },
    }, field("Note", text, other), save);
  }

  /** Of several clients one by one; and a fee that is owed, or was. @param {any} one */
  hasMembers(one) {
    const most = this.desk.reference.sessionType(one.session_type)?.clients_max ?? 1;
    return most > 1 || one.clients.some((/** @type {any} */ each) => each.fee !== "none");
  }

  /** @param {any} one */
  buttons(one) {
    const verbs = OFFERED[one.status] ?? [];
    const advancing = verbs.map((verb, index) =>
      h("button", { type: "button", class: index === 0 ? "primary" : "", onclick: () => this.advance(verb) }, VERBS[verb]));
    if (this.hasMembers(one)) {
      advancing.push(h("button", { type: "button", onclick: () => { this.dialog.close(); openMembers(this.desk, this.one); } }, "Clients…"));
    }
    if (!TO_COME.has(one.status)) return advancing;
    return [
      ...advancing,
      h("span", { class: "gap" }),
      h("button", { type: "button", onclick: () => { this.dialog.close(); openMove(this.desk, this.one); } }, "Move…"),
      one.series && h("button", { type: "button", onclick: () => { this.dialog.close(); openSeriesChange(this.desk, this.one); } }, "Series…"),
      h("button", { type: "button", class: "danger", onclick: () => { this.dialog.close(); openCancel(this.desk, this.one); } }, "Cancel…"),
    ];
  }

  /** @param {string} verb */
  async advance(verb) {
    await this.change(() => post(`appointments/${this.one.id}/${verb}/`, {}, this.one.version));
    if (verb === "reopen" && this.one.status === "scheduled") {
      note("Taken back. It counts as not confirmed, also if it was: confirm it again if you know.");
    }
  }

  /** @param {() => Promise<any>} act */
  async change(act) {
    let isStale = false;
    const changed = await this.dialog.during(act, (problem) => {
      isStale = problem.status === 412;
      return isStale;
    });
    if (isStale) await this.lookAgain();
    if (changed === undefined) return;
    this.show(changed);
    await this.desk.refresh();
  }

  async lookAgain() {
    const now = await this.dialog.during(() => get(`appointments/${this.one.id}/`));
    if (now === undefined) return;
    this.show(now);
    this.dialog.complain(h("p", {}, "Somebody else has just changed this. Here is how it is now."));
    await this.desk.refresh();
  }
}

/** @param {any} one */
function cancelWords(one) {
  const deadline = momentWords(wallOf(one.late_cancel_at));
  const isLate = serverNow() >= Date.parse(one.late_cancel_at);
  return isLate ? `late since ${deadline}` : `free until ${deadline}`;
}

/** @param {string} name @param {import("./html.js").Child} value */
function fact(name, value) {
  return [h("dt", {}, name), h("dd", {}, value)];
}

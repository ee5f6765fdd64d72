/** My time off: taken, changed and withdrawn, with what it leaves uncovered. */

import { call, list } from "../api.js";
import { startSomehow } from "../connection.js";
import { Dialog, field, sayOf, tick } from "../dialog.js";
import { byId, enable, h } from "../html.js";
import { note } from "../notes.js";
import { today } from "../place.js";
import { addDays, clockOf, dateWords, dayOf, daysWords, instantOf, spanWords, timeWords, wallAt, wallOf } from "../wall.js";
import { leftWords, sessions, uncoveredOf, weigh } from "./weigh.js";

const me = document.body.dataset.therapist ?? "";
const zone = document.body.dataset.zone ?? "UTC";
const MIDNIGHT = "00:00";

async function start() {
  enable("take", () => open());
  await read();
}

async function read() {
  const rows = await list(`time-off/?limit=200&therapist=${me}`);
  const isOver = (/** @type {any} */ one) => Date.parse(one.ends_at) <= Date.now();
  const coming = rows.filter((one) => !isOver(one));
  const past = rows.filter(isOver).reverse();
  byId("spans").replaceChildren(...coming.map((one) => rowOf(one, true)),
    ...(coming.length === 0 ? [h("li", { class: "quiet" }, "None ahead.")] : []));
  byId("past").hidden = past.length === 0;
  byId("past-spans").replaceChildren(...past.map((one) => rowOf(one, false)));
}

/** @param {any} one @param {boolean} isAhead */
function rowOf(one, isAhead) {
  const words = whenWords(one);
  return h("li", {},
    h("p", {}, h("strong", {}, words), one.note && h("span", { class: "quiet" }, ` ${one.note}`)),
    isAhead && h("div", { class: "row" },
      h("button", { type: "button", "aria-label": `Sessions in it: ${words}`, onclick: () => openSessions(one) }, "Sessions in it"),
      h("button", { type: "button", "aria-label": `Change ${words}`, onclick: () => open(one) }, "Change…"),
      h("button", { type: "button", class: "danger", "aria-label": `Withdraw ${words}`, onclick: () => openWithdrawal(one) }, "Withdraw…")));
}

/** Whole days as days, else with the clock. @param {any} one */
function whenWords(one) {
  const [start, end] = [wallOf(one.starts_at), wallOf(one.ends_at)];
  if (isWhole(start, end)) {
    const last = addDays(dayOf(end), -1);
    return last === dayOf(start) ? dateWords(last) : daysWords(dayOf(start), last);
  }
  if (dayOf(start) === dayOf(end)) return `${dateWords(start)}, ${spanWords(start, end)}`;
  return `${dateWords(start)}, ${timeWords(start)} – ${dateWords(end)}, ${timeWords(end)}`;
}

/** @param {string} start @param {string} end */
const isWhole = (start, end) => clockOf(start) === MIDNIGHT && clockOf(end) === MIDNIGHT;

/** @param {any} [one] what is taken already */
function open(one) {
  const dialog = new Dialog(one ? "Change time off" : "Take time off");
  const span = spanAsked(one);
  const words = h("input", { maxlength: 200, autocomplete: "off", value: one?.note ?? "" });
  const save = async () => {
    const body = await dialog.during(async () => ({ ...span.asked, note: words.value.trim() }));
    if (!body) return;
    const change = one
      ? { method: /** @type {const} */ ("PATCH"), path: `time-off/${one.id}/`, body }
      : { method: /** @type {const} */ ("POST"), path: "time-off/", body: { therapist: me, ...body } };
    await weigh(dialog, change, "Take it", (uncovered) => {
      note(`${one ? "Your time off is changed." : "You are off then."}${leftWords(uncovered)}`);
      void read();
    });
  };
  dialog.fill(h("form", { id: "time-off-form", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    void save();
  } },
    ...span.elements,
    field("Note (optional)", words, h("p", { class: "quiet" }, "You and the front desk see it.")),
  )).foot(h("button", { class: "primary", form: "time-off-form" }, one ? "Save" : "Take it"),
    h("button", { type: "button", onclick: () => dialog.close() }, "Back")).open();
}

/** Whole days, or from a time until another. @param {any} [one] what is taken already */
function spanAsked(one) {
  const begin = one ? wallOf(one.starts_at) : wallAt(addDays(today(zone), 1), MIDNIGHT);
  const end = one ? wallOf(one.ends_at) : wallAt(addDays(dayOf(begin), 1), MIDNIGHT);
  const whole = isWhole(begin, end);
  const part = h("input", { type: "checkbox", checked: !whole });
  const first = h("input", { type: "date", value: dayOf(begin), required: true });
  const last = h("input", { type: "date", value: whole ? addDays(dayOf(end), -1) : dayOf(end), required: true });
  const from = h("input", { type: "time", value: whole ? "12:00" : clockOf(begin), step: 900 });
  const until = h("input", { type: "time", value: whole ? "17:00" : clockOf(end), step: 900 });
  const times = h("div", { class: "pair" }, field("From", from), field("Until", until));
  const show = () => {
    times.hidden = !part.checked;
    from.required = until.required = part.checked;
  };
  part.addEventListener("change", show);
  first.addEventListener("change", () => { if (last.value < first.value) last.value = first.value; });
  show();
  return {
    elements: [
      h("div", { class: "pair" }, field("First day", first), field("Last day", last)),
      h("div", { class: "row" }, tick("Only from a time, or until one", part)),
      times,
    ],
    /** @throws {import("../wall.js").NoSuchTime} */
    get asked() {
      const [start, stop] = part.checked
        ? [wallAt(first.value, from.value), wallAt(last.value, until.value)]
        : [wallAt(first.value, MIDNIGHT), wallAt(addDays(last.value, 1), MIDNIGHT)];
      return { starts_at: instantOf(start, zone), ends_at: instantOf(stop, zone) };
    },
  };
}

/** @param {any} one */
async function openSessions(one) {
  const dialog = new Dialog(`Sessions in it: ${whenWords(one)}`);
  dialog.fill(h("p", { class: "quiet" }, "Looking…"));
  dialog.open();
  try {
    const told = await call("PATCH", `time-off/${one.id}/?dry_run=true`, { body: {} });
    const found = told.uncovered_appointments;
    dialog.fill(...(found.length === 0
      ? [h("p", {}, "No session is booked then.")]
      : [h("p", {}, `${sessions(found)}, for the front desk to decide.`), uncoveredOf(found)]));
  } catch (failure) {
    dialog.fill();
    dialog.complain(sayOf(failure));
  }
}

/** @param {any} one */
function openWithdrawal(one) {
  const dialog = new Dialog("Withdraw time off");
  const withdraw = async () => {
    const isGone = await dialog.during(async () => {
      await call("DELETE", `time-off/${one.id}/`);
      return true;
    });
    if (!isGone) return;
    dialog.close();
    note("Your time off is withdrawn; your hours are open again.");
    await read();
  };
  dialog.fill(h("p", {}, whenWords(one))).foot(
    h("button", { type: "button", class: "danger", onclick: withdraw }, "Withdraw it"),
    h("button", { type: "button", onclick: () => dialog.close() }, "Keep it"),
  ).open();
}

void startSomehow(start);

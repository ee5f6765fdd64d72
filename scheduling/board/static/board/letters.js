/** What the work list says of messages and replies, and what is decided about them. */

import { post } from "./api.js";
import { Dialog, field, radios } from "./dialog.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { messageWords } from "./timeline.js";
import { momentWords, wallOf } from "./wall.js";
import { clientWords } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @type {[string, string][]} */
const DECISIONS = [
  ["told_otherwise", "They were told another way"],
  ["not_needed", "They need not be told"],
  ["arrived", "It arrived after all"],
];

/**
 * A message that did not, or may not, have arrived: once more, or decided about.
 *
 * @param {Desk} desk @param {any} item of the work list
 * @param {() => void} openAppointment
 */
export function openMessage(desk, item, openAppointment) {
  const { message, appointment } = item;
  const dialog = new Dialog("A message did not arrive");
  const decision = radios("What is it to be?", DECISIONS, "told_otherwise");
  const words = h("input", { maxlength: 500, autocomplete: "off" });
  const decide = (/** @type {string} */ verb, /** @type {any} */ body, /** @type {string} */ done) =>
    settle(desk, dialog, () => post(`messages/${message.id}/${verb}/`, body), done);
  dialog.fill(
    h("p", {}, h("strong", {}, messageWords(message)), message.last_error && `: ${message.last_error.replaceAll("_", " ")}`),
    h("p", {}, `${clientWords(appointment)}, ${momentWords(wallOf(appointment.starts_at))}`),
    h("form", { id: "message-form", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void decide("resolve", { decision: decision.value, note: words.value.trim() }, "It is off the list.");
    } }, decision.set, field("Note (optional)", words)),
  ).foot(
    h("button", { type: "button", class: "primary",
      onclick: () => decide("retry", {}, "It goes out again.") }, "Send it again"),
    h("button", { form: "message-form" }, "Off the list"),
    h("span", { class: "gap" }),
    appointmentButton(dialog, openAppointment),
  ).open();
}

/**
 * What somebody wrote back, or that they ask to be called.
 *
 * @param {Desk} desk @param {any} item of the work list
 * @param {(() => void) | undefined} openAppointment left out if nobody knows about which it is
 */
export function openReply(desk, item, openAppointment) {
  const { reply } = item;
  const dialog = new Dialog(reply.kind === "call" ? "Please call back" : "Somebody wrote back");
  dialog.fill(
    h("p", {}, h("strong", {}, senderWords(reply)), ` ${momentWords(wallOf(reply.at))}`),
    reply.words && h("blockquote", {}, reply.words),
    item.appointment && h("p", { class: "quiet" },
      `About ${clientWords(item.appointment)}, ${momentWords(wallOf(item.appointment.starts_at))}`),
  ).foot(
    h("button", { type: "button", class: "primary", onclick: () =>
      settle(desk, dialog, () => post(`replies/${reply.id}/resolve/`, {}), "It is off the list.") }, "Dealt with"),
    h("span", { class: "gap" }),
    openAppointment && appointmentButton(dialog, openAppointment),
  ).open();
}

/** "Alex Example for Kim Example" @param {any} reply */
export function senderWords({ guardian, client, phone_ending }) {
  const names = [guardian, client].filter(Boolean).map((/** @type {any} */ each) => each.display_name);
  return names.join(" for ") || (phone_ending ? `From a number ending in ${phone_ending}` : "From nobody we know");
}

/** @param {Dialog} dialog @param {() => void} openAppointment */
function appointmentButton(dialog, openAppointment) {
  return h("button", { type: "button", onclick: () => { dialog.close(); openAppointment(); } }, "The appointment");
}

/** @param {Desk} desk @param {Dialog} dialog @param {() => Promise<any>} act @param {string} words */
async function settle(desk, dialog, act, words) {
  if (!(await dialog.during(act))) return;
  dialog.close();
  note(words);
  await desk.work.read();
}

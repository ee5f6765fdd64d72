/** Which session is the first one under a guarantee, where it is not the earliest with the therapist. */

import { list, post } from "./api.js";
import { Dialog, refill, sayOf } from "./dialog.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { ask, forgetTold, tellAtFields } from "./questions.js";
import { momentWords, wallOf } from "./wall.js";
import { STATUSES } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

const STALE = 412;
const HELD = "held";

/**
 * @param {Desk} desk @param {any} guarantee
 * @param {string | undefined} session that is looked at
 * @param {(told?: string) => void} back to the guarantee, as it is then
 */
export function openTrial(desk, guarantee, session, back) {
  const { id, client, created_at: since, trial, version } = guarantee;
  const dialog = new Dialog("Which session is the first one?");
  const chosen = ask(`Sessions of ${client.display_name}`, h("select", { required: true }));
  const told = h("p", { class: "quiet", role: "status" });
  const button = h("button", { class: "primary", form: "trial", disabled: true }, "This is the first one");
  const leave = (/** @type {string} */ words = "") => { dialog.close(); back(words); };
  const name = async () => {
    forgetTold(form);
    const named = await dialog.during(
      () => post(`guarantees/${id}/trial/`, { appointment: chosen.value }, version),
      (problem) => {
        if (problem.status === STALE) leave("Somebody else has changed this meanwhile. Here is how it is now; nothing of yours was saved.");
        else if (problem.errors.length === 0) dialog.complain(sayOf(problem));
        else dialog.complain(h("p", {}, ["It stays as it was.", ...tellAtFields(problem, () => chosen.control)].join(" ")));
        return true;
      });
    if (!named) return;
    note("The first session is another one.");
    leave();
  };
  const form = h("form", { id: "trial", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void name(); } },
    h("p", { class: "quiet" }, "Whoever it is with is then the therapist whom they were matched with."),
    chosen.element, told);
  dialog.fill(form).foot(button, h("button", { type: "button", onclick: () => leave() }, "Back")).open();
  void dialog.during(async () => {
    const rows = await list(`appointments/?client=${client.id}&starts_after=${encodeURIComponent(since)}&limit=200`);
    const others = rows.filter((one) => one.id !== trial?.id && mayBeFirst(one, desk));
    refill(chosen.control, others.map((one) => [one.id, sessionWords(one)]),
      others.some((one) => one.id === session) ? session : undefined);
    told.textContent = others.length === 0 ? "There is no other session since it was promised." : "";
    chosen.element.hidden = others.length === 0;
    button.disabled = others.length === 0;
    if (others.length > 0) chosen.control.focus();
  });
}

/** Whether one stands, and is no group; the rest of what counts, the server says.
 *  @param {any} one @param {Desk} desk */
function mayBeFirst({ status, session_type: kind }, desk) {
  return status !== HELD && !status.includes("cancelled") && desk.reference.sessionType(kind)?.format !== "group";
}

/** @param {any} one */
function sessionWords({ starts_at: at, therapist, status }) {
  return `${momentWords(wallOf(at))}, ${therapist.display_name}, ${STATUSES[status].toLowerCase()}`;
}

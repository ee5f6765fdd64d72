/** What the manager decides when the money back is wanted. */

import { post } from "./api.js";
import { Dialog, sayOf } from "./dialog.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { ask, forgetTold, tellAtFields } from "./questions.js";

/** @typedef {import("./desk.js").Desk} Desk */

const LONGEST_WHY = 500;
const MOST = 10_000;
const STALE = 412;

const DECISIONS = {
  refund: { title: "Return the money", hint: "It is written down that it is owed; no money is moved by it.", done: "The money is returned." },
  decline: { title: "Decline the refund", hint: "The client keeps what they have, and nothing is returned.", done: "The refund is declined." },
};

/**
 * @param {Desk} desk @param {any} guarantee @param {keyof typeof DECISIONS} verb
 * @param {(told?: string) => void} back to the guarantee, as it is then
 */
export function openSettlement(desk, guarantee, verb, back) {
  const { title, hint, done } = DECISIONS[verb];
  const dialog = new Dialog(title);
  const amount = ask("Amount in dollars", h("input", { type: "number", min: 0.01, max: MOST, step: 0.01, required: true, inputmode: "decimal" }));
  const reason = ask("Why?", h("input", { maxlength: LONGEST_WHY, required: true, autocomplete: "off" }));
  /** @type {Record<string, any>} */
  const fields = { "/amount_cents": amount.control, "/reason": reason.control };
  const leave = (/** @type {string} */ words = "") => { dialog.close(); back(words); };
  const decide = async () => {
    const money = verb === "refund" ? { amount_cents: Math.round(Number(amount.value) * 100) } : {};
    forgetTold(form);
    const decided = await dialog.during(
      () => post(`guarantees/${guarantee.id}/${verb}/`, { ...money, reason: reason.value }, guarantee.version),
      (problem) => {
        if (problem.status === STALE) leave("Somebody else has changed this meanwhile. Here is how it is now; nothing of yours was saved.");
        else if (problem.errors.length === 0) dialog.complain(sayOf(problem));
        else dialog.complain(h("p", {}, ["Nothing is decided yet.", ...tellAtFields(problem, (at) => fields[at])].join(" ")));
        return true;
      });
    if (!decided) return;
    note(done);
    leave();
    await desk.work.read();
  };
  const form = h("form", { id: "settlement", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void decide(); } },
    h("p", {}, h("strong", {}, guarantee.client.display_name), `, with ${guarantee.therapist.display_name}`),
    h("p", { class: "quiet" }, hint),
    verb === "refund" && amount.element,
    reason.element);
  dialog.fill(form).foot(
    h("button", { class: "primary", form: "settlement" }, title),
    h("button", { type: "button", onclick: () => leave() }, "Back"),
  ).open();
}

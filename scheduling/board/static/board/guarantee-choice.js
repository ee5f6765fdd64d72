/** With whom a client goes on under the guarantee, where nobody is chosen, or another one is wanted. */

import { get, post } from "./api.js";
import { Dialog, sayOf } from "./dialog.js";
import { h } from "./html.js";
import { openMatch } from "./match.js";
import { note } from "./notes.js";
import { earlierTherapists } from "./promise.js";
import { ask, forgetTold, tellAtFields } from "./questions.js";

/** @typedef {import("./desk.js").Desk} Desk */

const STALE = 412;

/** @param {any} guarantee */
export const choiceWords = ({ rounds }) => rounds.length > 0 ? "Choose another therapist" : "Choose a therapist";

/**
 * @param {Desk} desk @param {any} guarantee
 * @param {(told?: string) => void} back to the guarantee, as it is then
 */
export function openChoice(desk, guarantee, back) {
  const { id, client, intake, version } = guarantee;
  const dialog = new Dialog(choiceWords(guarantee));
  const spoken = new Set([...earlierTherapists(guarantee), guarantee.therapist?.id]);
  const chosen = ask("Therapist", h("select", { required: true },
    h("option", { value: "" }, "Choose"),
    ...desk.therapistChoices().filter(([one]) => !spoken.has(one)).map(([one, name]) => h("option", { value: one }, name))));
  const leave = (/** @type {string} */ words = "") => { dialog.close(); back(words); };
  const choose = async () => {
    forgetTold(form);
    const matched = await dialog.during(
      () => post(`guarantees/${id}/choose/`, { therapist: chosen.value }, version),
      (problem) => {
        if (problem.status === STALE) leave("Somebody else has changed this meanwhile. Here is how it is now; nothing of yours was saved.");
        else if (problem.errors.length === 0) dialog.complain(sayOf(problem));
        else dialog.complain(h("p", {}, ["It stays as it was.", ...tellAtFields(problem, () => chosen.control)].join(" ")));
        return true;
      });
    if (!matched) return;
    note(`Matched with ${matched.therapist.display_name}.${matched.trial ? "" : " Book their first session."}`);
    leave();
    await desk.work.read();
  };
  const rank = async () => {
    const told = await dialog.during(() => get(`intakes/${intake}/`));
    if (!told) return;
    dialog.close();
    openMatch(desk, { intake: told, back: () => back(), backWords: "To the guarantee" });
  };
  const form = h("form", { id: "choice", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void choose(); } },
    h("p", {}, "For ", h("strong", {}, client.display_name), ". Who did not fit is not among them."),
    chosen.element);
  dialog.fill(form).foot(
    h("button", { class: "primary", form: "choice" }, "Match them"),
    intake && h("button", { type: "button", onclick: rank }, "Who suits them?"),
    h("button", { type: "button", onclick: () => leave() }, "Back"),
  ).open();
}

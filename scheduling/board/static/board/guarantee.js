/** How far the guarantee of a client has come, beside a session, and what they say to it. */

import { Problem, Unreachable, post } from "./api.js";
import { Dialog, field, radios, select } from "./dialog.js";
import { openGuarantee } from "./guarantee-dialog.js";
import { NO_FIT, stateWords } from "./guarantee-words.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { guaranteeOfClient } from "./promise.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @type {Record<string, string>} */
const WANTED = { "ask-rematch": "Another therapist is wanted", "ask-refund": "The money back is wanted" };

/**
 * Empty where nothing was promised, or it is settled with another therapist.
 *
 * @typedef {{one: any, desk: Desk, dialog: Dialog, back: () => void}} Beside the session, the
 *   dialog in which it is shown, and the way back to it
 * @param {Beside} beside
 */
export function guaranteeOf(beside) {
  const element = h("div", { class: "guarantee", hidden: true });
  const [client] = beside.one.clients;
  if (client) void fill(element, client.id, beside);
  return element;
}

/** @param {any} element @param {string} client @param {Beside} beside */
async function fill(element, client, beside) {
  try {
    const guarantee = await guaranteeOfClient(client);
    if (guarantee && isAbout(guarantee, beside.one)) show(element, guarantee, beside);
  } catch (failure) {
    if (!(failure instanceof Problem || failure instanceof Unreachable)) throw failure;
  }
}

/** A session with somebody else, who covers, may be named as the first one. @param {any} guarantee @param {any} one */
function isAbout({ therapist, may }, one) {
  return therapist?.id === one.therapist.id || may.includes("trial");
}

/** @param {any} element @param {any} guarantee @param {Beside} beside */
function show(element, guarantee, beside) {
  const { one, desk, dialog, back } = beside;
  const isTheirs = guarantee.therapist.id === one.therapist.id;
  const may = new Set(isTheirs ? guarantee.may : []);
  const change = async (/** @type {string} */ step, /** @type {any} */ body) => {
    const changed = await dialog.during(() => post(`guarantees/${guarantee.id}/${step}/`, body, guarantee.version));
    if (!changed) return;
    show(element, changed, beside);
    await desk.work.read();
  };
  element.hidden = false;
  element.replaceChildren(
    h("p", {}, h("strong", {}, isTheirs ? "Guarantee: " : `Guarantee, with ${guarantee.therapist.display_name}: `), stateWords(guarantee)),
    h("div", { class: "row" },
      may.has("continue") && h("button", { type: "button", onclick: () => change("continue", {}) }, "They stay"),
      ...Object.keys(WANTED).filter((step) => may.has(step)).map((step) =>
        h("button", { type: "button", onclick: () => { dialog.close(); ask(guarantee, step, desk); } }, `${WANTED[step]}…`)),
      h("button", { type: "button", onclick: () => { dialog.close(); void openGuarantee(desk, guarantee.id, { back, session: one.id }); } }, "More…")));
}

/** Who says so, and why. @param {any} guarantee @param {string} step @param {Desk} desk */
function ask(guarantee, step, desk) {
  const dialog = new Dialog(WANTED[step]);
  const by = radios("Who says so?", [["client", "The client"], ["therapist", "The therapist"]], "client");
  const reason = select([["", "Choose"], ...Object.entries(NO_FIT)], "", { required: true });
  const words = h("textarea", { maxlength: 1000, rows: 2 });
  dialog.fill(h("form", { id: "no-fit", onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const told = { by: by.value, reason: reason.value, words: words.value.trim() };
    const changed = await dialog.during(() => post(`guarantees/${guarantee.id}/${step}/`, told, guarantee.version));
    if (!changed) return;
    dialog.close();
    note(`${WANTED[step]}: it waits on the list.`);
    await desk.work.read();
  } },
    by.set, field("Why?", reason),
    field("What they add, for the manager and those who treat them", words)),
  ).foot(h("button", { class: "primary", form: "no-fit" }, "Write it down")).open();
}

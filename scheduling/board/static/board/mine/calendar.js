/** My calendar in my own app: links, made, given a new address, and revoked. */

import { call, list, post } from "../api.js";
import { startSomehow } from "../connection.js";
import { Dialog, field, radios, sayOf, select } from "../dialog.js";
import { byId, enable, h } from "../html.js";
import { note } from "../notes.js";
import { dateWords } from "../wall.js";

const me = document.body.dataset.therapist ?? "";
/** @type {[string, string][]} */
const LABELS = [["id", "An id, in the description"], ["initials", "Initials"], ["first_name", "First name"]];

async function start() {
  enable("make", openMaking);
  await read();
}

async function read() {
  const links = await list(`calendar-links/?limit=200&therapist=${me}&revoked=false`);
  byId("links").replaceChildren(...links.map(rowOf),
    ...(links.length === 0 ? [h("li", { class: "quiet" }, "No link yet.")] : []));
}

/** @param {any} link */
function rowOf(link) {
  const made = dateWords(link.created_at.slice(0, 10));
  const words = link.issued_at === link.created_at ? `Made ${made}` : `Made ${made}, this address ${dateWords(link.issued_at.slice(0, 10))}`;
  const label = select(LABELS, link.label, { onchange: () => change(link, label.value) });
  return h("li", {},
    h("p", {}, h("strong", {}, "Link to my calendar"), h("span", { class: "quiet" }, ` ${words}`)),
    field("A client is shown as", label),
    h("div", { class: "row" },
      h("button", { type: "button", onclick: () => openRotation(link) }, "New address…"),
      h("button", { type: "button", class: "danger", onclick: () => openRevocation(link) }, "Revoke…")));
}

/** @param {any} link @param {string} label */
async function change(link, label) {
  try {
    await call("PATCH", `calendar-links/${link.id}/`, { body: { label } });
    note("Changed. Your app shows it when it looks again.");
  } catch (failure) {
    note(sayOf(failure).textContent ?? "", { isAlert: true });
    await read();
  }
}

function openMaking() {
  const label = radios("A client is shown as", LABELS, "id");
  const dialog = new Dialog("Make a link");
  dialog.fill(h("form", { id: "link-form", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    void told(dialog, () => post("calendar-links/", { therapist: me, label: label.value }));
  } },
    label.set,
    h("p", { class: "quiet" }, "The id is the practice's own and tells nobody who it is. You can change this later."),
  )).foot(h("button", { class: "primary", form: "link-form" }, "Make it"),
    h("button", { type: "button", onclick: () => dialog.close() }, "Back")).open();
}

/** @param {any} link */
function openRotation(link) {
  const dialog = new Dialog("A new address");
  dialog.fill(h("p", {}, "The present address leads nowhere from then on: every device has to subscribe again.")).foot(
    h("button", { type: "button", class: "primary",
      onclick: () => told(dialog, () => post(`calendar-links/${link.id}/rotate/`, {})) }, "Give it a new address"),
    h("button", { type: "button", onclick: () => dialog.close() }, "Back"),
  ).open();
}

/** @param {any} link */
function openRevocation(link) {
  const dialog = new Dialog("Revoke the link");
  const revoke = async () => {
    if (!(await dialog.during(() => post(`calendar-links/${link.id}/revoke/`, {})))) return;
    dialog.close();
    note("The link leads nowhere any more.");
    await read();
  };
  dialog.fill(h("p", {}, "It leads nowhere from then on, for good. What apps have already, they may keep.")).foot(
    h("button", { type: "button", class: "danger", onclick: revoke }, "Revoke it"),
    h("button", { type: "button", onclick: () => dialog.close() }, "Keep it"),
  ).open();
}

/** Do it, and show the address, which is told this once. @param {Dialog} dialog
 *  @param {() => Promise<any>} act */
async function told(dialog, act) {
  const link = await dialog.during(act);
  if (!link) return;
  dialog.close();
  const address = h("input", { readonly: true, value: link.url, autofocus: true, class: "address",
    onfocus: () => address.select() });
  const copied = h("p", { class: "quiet", role: "status" });
  const shown = new Dialog("Your calendar's address", { closed: () => void read() });
  shown.fill(
    h("p", {}, "It is shown this once: copy it now. In your calendar app, choose to subscribe “from URL” or “by link”, and paste it."),
    field("Address", address, copied),
  ).foot(
    h("button", { type: "button", class: "primary", onclick: async () => {
      copied.textContent = (await copy(address)) ? "Copied." : "Press Ctrl+C or ⌘C to copy it.";
    } }, "Copy"),
    h("span", { class: "gap" }),
    h("button", { type: "button", onclick: () => shown.close() }, "Done"),
  ).open();
}

/** The clipboard is there only where the connection is secure. @param {HTMLInputElement} input */
async function copy(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

void startSomehow(start);

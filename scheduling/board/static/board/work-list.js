/** What waits for somebody to decide, beside the board. */

import { get } from "./api.js";
import { openAppointment } from "./appointment.js";
import { openGuarantee } from "./guarantee-dialog.js";
import { wantedWords } from "./guarantee-words.js";
import { byId, h, icon } from "./html.js";
import { openMessage, openReply, senderWords } from "./letters.js";
import { messageWords } from "./timeline.js";
import { dayOf, momentWords, wallOf } from "./wall.js";
import { WORK_KINDS, clientWords } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

const EVERY = 30_000;
const MOST = 100;
const KINDS = ["reply", "uncovered", "unresolved", "message", "guarantee"];

export class WorkList {
  /** @param {HTMLElement} element @param {Desk} desk */
  constructor(element, desk) {
    this.element = element;
    this.desk = desk;
    this.text = "";
    this.list = h("div", { class: "work-items" });
    element.append(
      h("header", {}, h("h2", { id: "work-title" }, "To do"),
        h("button", { type: "button", class: "plain square", "aria-label": "Close the list", onclick: () => this.toggle(false) }, icon("close"))),
      this.list);
    byId("show-work").addEventListener("click", () => this.toggle(this.element.hidden));
    this.toggle(matchMedia("(min-width: 1101px)").matches);
    setInterval(() => { if (!document.hidden) void this.read(); }, EVERY);
  }

  /** @param {boolean} isShown */
  toggle(isShown) {
    this.element.hidden = !isShown;
    byId("show-work").setAttribute("aria-expanded", String(isShown));
  }

  async read() {
    try {
      const page = await get(`work-items/?limit=${MOST}`);
      const text = JSON.stringify(page);
      if (text === this.text) return;
      this.text = text;
      this.show(page);
    } catch {
      // The agenda, which is read more often, says when the server cannot be reached.
    }
  }

  /** @param {any} page */
  show(page) {
    const count = page.results.length;
    byId("work-count").textContent = page.next ? `${count}+` : String(count);
    const kinds = KINDS.map((kind) => page.results.filter((/** @type {any} */ item) => item.kind === kind));
    this.list.replaceChildren(...kinds.filter((items) => items.length > 0).flatMap((items) => [
      h("h3", {}, WORK_KINDS[items[0].kind], h("span", { class: "count" }, items.length)),
      h("ul", {}, ...items.map((/** @type {any} */ item) => this.itemOf(item))),
    ]), ...(count === 0 ? [h("p", { class: "quiet" }, "Nothing waits for you.")] : []));
  }

  /** @param {any} item */
  itemOf(item) {
    const { appointment } = item;
    if (item.reply) return this.replyOf(item);
    const color = this.desk.reference.colorOf(appointment.office?.slug);
    const why = item.message ? messageWords(item.message)
      : item.guarantee ? wantedWords(item.guarantee)
      : item.reasons.map((/** @type {any} */ reason) => reason.detail).join(" ");
    return h("li", {},
      h("button", { type: "button", class: color, onclick: () => this.openItem(item) },
        h("span", { class: "quiet" }, `${momentWords(wallOf(appointment.starts_at))}`),
        h("strong", {}, clientWords(appointment)),
        h("span", {}, `${appointment.therapist.display_name}${appointment.office ? `, ${appointment.office.name}` : ""}`),
        why && h("span", { class: "why" }, why)));
  }

  /** @param {any} item */
  replyOf(item) {
    const { reply } = item;
    return h("li", {},
      h("button", { type: "button", class: this.desk.reference.colorOf(item.appointment?.office?.slug),
        onclick: () => this.openItem(item) },
        h("span", { class: "quiet" }, momentWords(wallOf(reply.at))),
        h("strong", {}, senderWords(reply)),
        h("span", { class: "why" }, reply.kind === "call" ? "Asks to be called" : reply.words)));
  }

  /** @param {any} item */
  openItem(item) {
    const { appointment, message, reply, guarantee } = item;
    const open = appointment ? () => this.open(appointment) : undefined;
    if (reply) openReply(this.desk, item, open);
    else if (message && open) openMessage(this.desk, item, open);
    else if (guarantee) void openGuarantee(this.desk, guarantee.id, { back: open });
    else open?.();
  }

  /** @param {any} appointment */
  open(appointment) {
    const day = dayOf(appointment.starts_at);
    if (day !== this.desk.place.date) this.desk.go(day);
    void openAppointment(appointment.id, this.desk);
  }
}

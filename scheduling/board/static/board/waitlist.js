/** Who waits for an hour that is not free yet, beside the board. */

import { Problem, Unreachable, get } from "./api.js";
import { Countdown } from "./countdown.js";
import { select, sayOf } from "./dialog.js";
import { byId, h, icon } from "./html.js";
import { momentWords, wallOf } from "./wall.js";
import { openEntry } from "./waitlist-entry.js";
import { openJoin } from "./waitlist-join.js";
import { wishWords } from "./waitlist-words.js";
import { counted } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

const EVERY = 30_000;
const MOST = 100;

export class Waitlist {
  /** @param {HTMLElement} element @param {Desk} desk */
  constructor(element, desk) {
    this.element = element;
    this.desk = desk;
    this.text = "";
    this.reads = 0;
    /** @type {Countdown[]} */
    this.countdowns = [];
    this.office = select([["", "All offices"], ...desk.officeChoices()], "",
      { "aria-label": "Who would come to", onchange: () => this.read() });
    this.told = h("p", { class: "quiet", role: "status" });
    this.list = h("div", { class: "work-items" });
    element.append(
      h("header", {}, h("h2", { id: "waitlist-title" }, "Waitlist"),
        h("button", { type: "button", class: "plain square", "aria-label": "Close the waitlist",
          onclick: () => this.toggle(false) }, icon("close"))),
      h("div", { class: "beside-tools" }, this.office,
        h("button", { type: "button", onclick: () => openJoin(desk, () => this.read()) }, "Add somebody")),
      this.told, this.list);
    byId("show-waitlist").addEventListener("click", () => this.toggle(this.element.hidden));
    // There is room for one list beside the board.
    byId("show-work").addEventListener("click", () => { if (!byId("work").hidden) this.toggle(false); });
    setInterval(() => { if (!document.hidden && !this.element.hidden) void this.read(); }, EVERY);
  }

  /** @param {boolean} isShown */
  toggle(isShown) {
    if (isShown && !byId("work").hidden) byId("show-work").click();
    this.element.hidden = !isShown;
    byId("show-waitlist").setAttribute("aria-expanded", String(isShown));
    if (isShown) void this.read();
  }

  /** Only while somebody looks: whoever is shown is noted in the access log. */
  async read() {
    this.reads += 1;
    const mine = this.reads;
    const office = this.office.value ? `&office=${this.office.value}` : "";
    try {
      const page = await get(`waitlist-entries/?state=waiting&limit=${MOST}${office}`);
      if (mine === this.reads) this.show(page);
    } catch (failure) {
      if (!(failure instanceof Problem || failure instanceof Unreachable)) throw failure;
      this.told.textContent = sayOf(failure).textContent;
    }
  }

  /** Who is offered something comes first. @param {any} page */
  show(page) {
    const text = JSON.stringify(page);
    if (text === this.text) return;
    this.text = text;
    for (const each of this.countdowns) each.stop();
    this.countdowns = [];
    const offered = page.results.filter((/** @type {any} */ entry) => entry.offer);
    const others = page.results.filter((/** @type {any} */ entry) => !entry.offer);
    const count = page.results.length;
    this.told.textContent = count === 0 ? "Nobody waits." : `${page.next ? "More than " : ""}${counted(count, "waits", "wait")}`;
    this.list.replaceChildren(...this.partOf("Offered an hour", offered), ...this.partOf("Waiting, the longest first", others));
  }

  /** @param {string} title @param {any[]} entries */
  partOf(title, entries) {
    if (entries.length === 0) return [];
    return [
      h("h3", {}, title, h("span", { class: "count" }, entries.length)),
      h("ul", {}, ...entries.map((entry) => h("li", {}, this.itemOf(entry)))),
    ];
  }

  /** @param {any} entry */
  itemOf(entry) {
    const [first] = entry.offices;
    return h("button", { type: "button", class: this.desk.reference.colorOf(first?.slug),
      onclick: () => openEntry(this.desk, entry.id, () => this.read()) },
      h("strong", {}, entry.client.display_name),
      h("span", {}, wishWords(entry, this.desk.reference)),
      entry.booked_meanwhile && h("span", { class: "why" },
        `Has been booked since: ${momentWords(wallOf(entry.booked_meanwhile))}`),
      entry.offer ? this.offerOf(entry.offer)
        : entry.passed_over_at && h("span", { class: "why" }, "Was passed over: no way to write to them"));
  }

  /** @param {any} offer */
  offerOf(offer) {
    const countdown = new Countdown(offer.expires_at, () => this.read());
    this.countdowns.push(countdown);
    return h("span", { class: "offered" }, `${momentWords(wallOf(offer.starts_at))}: `, countdown.element, " left");
  }
}

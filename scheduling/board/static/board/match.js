/** Who suits somebody, best first: cards with the reasons, and hours to take. */

import { post } from "./api.js";
import { openBookingOfHold } from "./booking.js";
import { Dialog, field, select, tick } from "./dialog.js";
import { stateWords } from "./guarantee-words.js";
import { h } from "./html.js";
import { clientsOf, namesOf } from "./intake-words.js";
import { earlierTherapists, guaranteeOfClient, matchUnder } from "./promise.js";
import { refusalOf, slotWords } from "./refusal.js";
import { dayOf } from "./wall.js";
import { counted } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** Shares of the points there are, with what is said of them. @type {[number, string][]} */
const SUITS = [
  [0.8, "Suits them very well"],
  [0.6, "Suits them well"],
  [0.4, "Suits them in part"],
  [0, "Suits them little"],
];

/**
 * Whom it is for: an intake, or nobody but the same facts.
 *
 * @typedef {{intake?: any, facts?: any, back: () => void, backWords?: string}} Whom
 */

/** @param {Desk} desk @param {Whom} whom */
export function openMatch(desk, whom) {
  new MatchDialog(desk, whom);
}

class MatchDialog {
  /** @param {Desk} desk @param {Whom} whom */
  constructor(desk, { intake, facts, back, backWords = intake ? "To the intake" : "To the search" }) {
    this.desk = desk;
    this.intake = intake;
    this.facts = facts;
    this.match = "";
    /** @type {any} what is promised to the client already */
    this.guarantee = undefined;
    this.promised = h("input", { type: "checkbox", checked: true });
    this.sessionType = select([], "", { onchange: () => this.rank(this.sessionType.value) });
    this.pledge = intake?.status === "registered"
      && tick("Under the guarantee: who is chosen here is noted as their match", this.promised);
    this.results = h("div", { class: "suited" });
    this.dialog = new Dialog(intake ? `Who suits ${namesOf(intake)}?` : "Who suits them?", { wide: true });
    this.dialog.fill(
      field("Session", this.sessionType),
      intake?.status === "new" && h("p", { class: "warning" },
        "They are not registered yet. Register them first, and the booking knows who it is for."),
      this.pledge,
      this.results,
    ).foot(
      h("span", { class: "gap" }),
      h("button", { type: "button", onclick: () => { this.dialog.close(); back(); } }, backWords),
    ).open();
    void this.start();
  }

  get clients() {
    if (!this.intake) return [];
    return clientsOf(this.intake).map((/** @type {any} */ one) => one.client).filter(Boolean);
  }

  async start() {
    const [client] = this.clients;
    if (client) this.guarantee = await this.dialog.during(() => guaranteeOfClient(client));
    if (this.guarantee && !this.guarantee.may.includes("choose")) this.forgoPledge();
    await this.rank();
  }

  /** Nobody is to be chosen under what was promised before. */
  forgoPledge() {
    this.promised.checked = false;
    if (this.pledge) this.pledge.replaceWith(h("p", { class: "quiet" }, `Their guarantee stays as it is: ${stateWords(this.guarantee)}.`));
  }

  /** Each answer is kept by the server, with what was asked. @param {string} [sessionType] */
  async rank(sessionType) {
    const whom = this.intake
      ? { intake: this.intake.id, earlier_therapists: earlierTherapists(this.guarantee) }
      : this.facts;
    const asked = {
      ...whom,
      ...(sessionType && { session_type: sessionType }),
    };
    this.results.setAttribute("aria-busy", "true");
    const match = await this.dialog.during(() => post("matches/", asked));
    this.results.removeAttribute("aria-busy");
    if (match) this.show(match);
  }

  /** @param {any} match */
  show(match) {
    const kind = match.facts.session_type;
    this.match = match.id;
    this.sessionType.replaceChildren(...this.desk.reference.sessionTypeChoices().map(([value, words]) =>
      h("option", { value, selected: value === kind }, words)));
    const { results, excluded } = match;
    this.results.replaceChildren(
      h("p", { role: "status", class: "lead" }, results.length === 0
        ? "Nobody suits what has to be met."
        : results.length === 1 ? "One therapist comes into question" : `${counted(results.length, "therapist")}, who suits best first`),
      h("ol", { class: "cards" }, ...results.map((/** @type {any} */ suited) => this.cardOf(suited))),
      ...(excluded.length > 0 ? [this.excludedOf(excluded)] : []),
    );
  }

  /** @param {any} suited */
  cardOf({ therapist, score, parts, slots }) {
    const most = parts.reduce((/** @type {number} */ sum, /** @type {any} */ part) => sum + part.max, 0);
    const [, words] = SUITS.find(([share]) => score >= share * most) ?? SUITS[SUITS.length - 1];
    return h("li", { class: "suits" },
      h("header", {}, h("h3", {}, therapist.display_name),
        h("p", { class: "score" }, h("strong", {}, words), ` ${score} of ${most} points`)),
      h("ul", { class: "parts" }, ...parts.map((/** @type {any} */ part) =>
        h("li", { class: part.points === 0 ? "none" : "" }, h("span", {}, part.why),
          h("span", { class: "quiet" }, `${part.points} of ${part.max}`)))),
      slots.length === 0
        ? h("p", { class: "quiet" }, "No hour is free as they wish it.")
        : h("div", { class: "alternatives", role: "group", "aria-label": `Free with ${therapist.display_name}` },
          ...slots.map((/** @type {any} */ slot) => h("button", { type: "button",
            class: `hour ${this.desk.reference.colorOf(slot.office?.slug)}`,
            onclick: () => this.keep(slot) }, whenAndWhere(slot)))));
  }

  /** @param {any[]} excluded */
  excludedOf(excluded) {
    return h("details", {},
      h("summary", {}, `${counted(excluded.length, "therapist")} left out, and why`),
      h("ul", { class: "left-out" }, ...excluded.map(({ therapist, reasons }) =>
        h("li", {}, h("strong", {}, therapist.display_name), " ",
          reasons.map((/** @type {any} */ reason) => reason.detail).join(" ")))));
  }

  /** Keep an hour, and go on to its booking. @param {any} slot @param {any} [override] */
  async keep(slot, override = {}) {
    const held = await this.dialog.during(
      () => post("holds/", { ...this.orderOf(slot), ...override }),
      (problem) => {
        this.dialog.complain(...refusalOf(problem, {
          choose: (other) => this.keep(other),
          insist: (more) => this.keep(slot, more),
          insistWords: "Keep it all the same",
        }));
        return true;
      });
    if (!held) return;
    if (this.clients.length > 0 && this.promised.checked) {
      await matchUnder(this.desk, this.guarantee, { intake: this.intake.id, therapist: held.therapist.id, match: this.match });
    }
    this.dialog.close();
    const day = dayOf(held.starts_at);
    if (day !== this.desk.place.date) this.desk.go(day);
    await openBookingOfHold(held.id, this.desk);
    await this.desk.refresh();
  }

  /** @param {any} slot */
  orderOf(slot) {
    const { clients } = this;
    return {
      therapist: slot.therapist.id,
      session_type: slot.session_type,
      office: slot.office?.slug ?? null,
      mode: slot.mode,
      starts_at: slot.starts_at,
      ...(clients.length > 0 && { clients }),
    };
  }
}

/** Without the therapist, whose card it is on. @param {any} slot */
function whenAndWhere(slot) {
  return slotWords({ ...slot, therapist: {} });
}

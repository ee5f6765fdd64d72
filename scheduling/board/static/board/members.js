/** Who comes to a session, one by one: couples, families and groups; and their fees. */

import { Problem, get, post } from "./api.js";
import { ClientPicker } from "./client-picker.js";
import { Dialog, field, radios } from "./dialog.js";
import { h } from "./html.js";
import { refusalOf } from "./refusal.js";
import { ATTENDANCES, FEES } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

const LEFT = new Set(["cancelled", "late_cancelled"]);
/** @type {[string, string][]} */
const MARKS = [["attended", "Came"], ["no_show", "Did not come"], ["expected", "Not known yet"]];

/** @param {Desk} desk @param {any} one the appointment */
export function openMembers(desk, one) {
  new Members(desk, one);
}

class Members {
  /** @param {Desk} desk @param {any} one */
  constructor(desk, one) {
    this.desk = desk;
    this.one = one;
    this.dialog = new Dialog("Who comes");
    this.show(one);
    this.dialog.open();
  }

  /** @param {any} one */
  show(one) {
    this.one = one;
    this.picker = new ClientPicker([], () => this.add(), { isForOne: true });
    this.dialog.fill(
      h("ul", { class: "members" }, ...one.clients.map((/** @type {any} */ each) => this.rowOf(each))),
      this.desk.isFrontDesk && this.picker.element,
    );
  }

  /** @param {any} each */
  rowOf(each) {
    const told = [ATTENDANCES[each.attendance], FEES[each.fee], each.fee_reason].filter(Boolean);
    const hasLeft = LEFT.has(each.attendance);
    return h("li", {},
      h("p", {}, h("strong", {}, each.display_name), ` ${told.join(", ")}`),
      h("div", { class: "row" },
        ...(hasLeft ? [] : MARKS.filter(([mark]) => mark !== each.attendance).map(([mark, words]) =>
          this.button(words, each, () => this.post("mark-attendance", { client: each.id, attendance: mark })))),
        !hasLeft && this.button("Does not come…", each, () => this.openLeaving(each)),
        each.fee === "due" && this.button("Waive the fee…", each, () => this.openFee(each, true)),
        each.fee === "waived" && this.button("Ask for the fee…", each, () => this.openFee(each, false)),
      ));
  }

  /** @param {string} words @param {any} each @param {() => void} onclick */
  button(words, each, onclick) {
    return h("button", { type: "button", "aria-label": `${words} (${each.display_name})`, onclick }, words);
  }

  /** Whoever is chosen joins; if that is refused, they stay until another one is. */
  async add() {
    const [client] = this.picker?.ids ?? [];
    if (client) await this.join(client);
    else this.dialog.complain();
  }

  /** @param {string} client @param {any} [override] */
  async join(client, override = {}) {
    await this.post("add-client", { client, ...override }, (more) => this.join(client, more));
  }

  /** @param {any} each */
  openLeaving(each) {
    const by = radios("Who says so?", [["client", "The client"], ["practice", "The practice"]], "client");
    const reason = h("input", { maxlength: 500, autocomplete: "off" });
    this.ask(`${each.display_name} does not come`, [by.set, field("Reason (optional)", reason)], () =>
      this.post("remove-client", { client: each.id, by: by.value, reason: reason.value.trim() }));
  }

  /** @param {any} each @param {boolean} waived */
  openFee(each, waived) {
    const reason = h("input", { maxlength: 500, required: true, autocomplete: "off" });
    this.ask(waived ? "Waive the fee" : "Ask for the fee", [field("Why?", reason)], () =>
      this.post("decide-fee", { client: each.id, waived, reason: reason.value.trim() }));
  }

  /** @param {string} title @param {any[]} fields @param {() => Promise<void>} act */
  ask(title, fields, act) {
    const asked = new Dialog(title);
    asked.fill(h("form", { id: "asked-form", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      asked.close();
      void act();
    } }, ...fields)).foot(h("button", { class: "primary", form: "asked-form" }, title)).open();
  }

  /** @param {string} verb @param {any} body @param {(override: any) => void} [insist] */
  async post(verb, body, insist) {
    const changed = await this.dialog.during(
      () => post(`appointments/${this.one.id}/${verb}/`, body, this.one.version),
      (problem) => this.refused(problem, insist));
    if (changed) this.show(changed);
    await this.desk.refresh();
  }

  /** @param {Problem} problem @param {((override: any) => void) | undefined} insist */
  refused(problem, insist) {
    if (problem.status === 412) {
      void get(`appointments/${this.one.id}/`).then((now) => this.show(now));
      this.dialog.complain(h("p", {}, "Somebody else has just changed this. Here is how it is now."));
    } else {
      this.dialog.complain(...refusalOf(problem, { insist: this.desk.isFrontDesk ? insist : undefined }));
    }
    return true;
  }
}

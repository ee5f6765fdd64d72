/** Changing what somebody waits for; they keep their place in line. */

import { call, get } from "./api.js";
import { Dialog, sayOf, select } from "./dialog.js";
import { HoursWish } from "./hours-wish.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { ask, askDay, askNumber, askWhich, forgetTold, isSame, tellAtFields } from "./questions.js";
import { MOST_OFFERS } from "./waitlist-words.js";

/** @typedef {import("./desk.js").Desk} Desk */

const STALE = 412;

/** @type {[string, string][]} */
const MODES = [["", "In person or by video"], ["in_person", "In person"], ["telehealth", "By video"]];

/** @param {Desk} desk @param {any} entry
 *  @param {(told?: string) => void} back to the entry, as it is then */
export function openWaitlistChange(desk, entry, back) {
  new Change(desk, entry, back);
}

/** What may be changed, as the entry has it. */
class WishForm {
  /** @param {Desk} desk @param {any} entry */
  constructor(desk, entry) {
    const offices = entry.offices.map((/** @type {any} */ one) => one.slug);
    this.hours = new HoursWish(entry);
    this.modes = ask("How", select(MODES, entry.modes.length === 1 ? entry.modes[0] : ""));
    /** @type {Record<string, import("./questions.js").Question>} */
    this.questions = {
      offices: askWhich("Where, or anywhere", desk.officeChoices(), offices),
      until: askDay("Until", h("input", { type: "date", value: entry.until, min: desk.place.today, required: true })),
      offers_per_day: askNumber("Offers a day", h("input", { type: "number", min: 1, max: MOST_OFFERS, value: entry.offers_per_day, required: true })),
    };
    const { questions: at } = this;
    this.element = h("div", { class: "columns" },
      h("div", {}, at.offices.element, this.modes.element),
      h("div", {}, this.hours.element, h("div", { class: "pair" }, at.until.element, at.offers_per_day.element)));
    this.initial = this.value;
  }

  /** As the API has it. @returns {Record<string, any>} */
  get value() {
    return {
      ...Object.fromEntries(Object.entries(this.questions).map(([name, each]) => [name, each.value])),
      ...this.hours.value,
      modes: this.modes.value ? [this.modes.value] : [],
    };
  }

  /** @param {Record<string, any>} value */
  set value(value) {
    for (const [name, each] of Object.entries(this.questions)) each.value = value[name];
    this.hours.value = /** @type {any} */ (value);
    this.modes.value = value.modes[0] ?? "";
  }

  get changes() {
    return Object.fromEntries(Object.entries(this.value).filter(([name, now]) => !isSame(now, this.initial[name])));
  }

  /** @param {string} pointer */
  controlAt(pointer) {
    const name = pointer.split("/")[1];
    return name === "modes" ? this.modes.control : this.questions[name]?.control ?? this.hours.controlOf(name);
  }
}

class Change {
  /** @param {Desk} desk @param {any} entry @param {(told?: string) => void} back */
  constructor(desk, entry, back) {
    this.desk = desk;
    this.back = back;
    this.entry = entry;
    this.form = new WishForm(desk, entry);
    this.frame = h("form", { id: "change", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.save();
    } }, this.form.element);
    this.dialog = new Dialog(`What ${entry.client.display_name} waits for`, { wide: true });
    this.dialog.fill(this.frame).foot(
      h("button", { class: "primary", form: "change" }, "Save"),
      h("button", { type: "button", onclick: () => this.leave() }, "Back"),
    ).open();
  }

  /** @param {string} [words] */
  leave(words) {
    this.dialog.close();
    this.back(words);
  }

  async save() {
    const { changes } = this.form;
    const { id, version } = this.entry;
    forgetTold(this.frame);
    if (Object.keys(changes).length === 0) {
      this.leave();
      return;
    }
    let isStale = false;
    const saved = await this.dialog.during(
      () => call("PATCH", `waitlist-entries/${id}/`, { body: changes, version }),
      (problem) => {
        isStale = problem.status === STALE;
        if (!isStale) this.tell(problem);
        return true;
      });
    if (isStale) await this.showAnew(changes);
    if (!saved) return;
    note("Saved. They keep their place in line.");
    this.leave();
  }

  /** @param {import("./api.js").Problem} problem */
  tell(problem) {
    if (problem.code === "not_waiting") {
      this.leave(`${problem.message} Nothing was saved.`);
      return;
    }
    const elsewhere = tellAtFields(problem, (pointer) => this.form.controlAt(pointer));
    const words = problem.errors.length === 0 ? sayOf(problem).textContent : elsewhere.join(" ") || "Look at what is marked below.";
    this.dialog.complain(h("p", {}, `Nothing is saved yet. ${words}`));
  }

  /** Somebody else was faster: how it is now, with what was changed here over it. @param {any} changes */
  async showAnew(changes) {
    const now = await this.dialog.during(() => get(`waitlist-entries/${this.entry.id}/`));
    if (!now) return;
    if (now.state !== "waiting") {
      this.leave("They wait no longer. Nothing was saved.");
      return;
    }
    this.entry = now;
    this.form = new WishForm(this.desk, now);
    this.form.value = { ...this.form.initial, ...changes };
    this.frame.replaceChildren(this.form.element);
    this.dialog.complain(h("p", {}, "Somebody else has changed this meanwhile, and nothing of yours was saved. " +
      "Below is how it is now, with what you changed: look it over, and save again."));
  }
}

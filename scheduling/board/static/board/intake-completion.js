/** Completing an intake: what is missing, or was told wrong, is written down by the front desk. */

import { call, get } from "./api.js";
import { Dialog, sayOf } from "./dialog.js";
import { h } from "./html.js";
import { IntakeForm } from "./intake-form.js";
import { namesOf } from "./intake-words.js";
import { note } from "./notes.js";
import { forgetTold, tellAtFields } from "./questions.js";

/** @typedef {import("./desk.js").Desk} Desk */

const OVERRUN = ["stale", "intake_settled"];

/** Whether somebody else was faster. @param {import("./api.js").Problem} problem */
export const isOverrun = (problem) => OVERRUN.includes(problem.code);

/** @param {Desk} desk @param {any} intake @param {() => void} back to the intake, as it is then */
export function openCompletion(desk, intake, back) {
  new Completion(desk, intake, back);
}

class Completion {
  /** @param {Desk} desk @param {any} intake @param {() => void} back */
  constructor(desk, intake, back) {
    this.desk = desk;
    this.back = back;
    this.dialog = new Dialog("", { wide: true });
    this.form = new IntakeForm(intake, desk.reference);
    this.frame = h("form", { id: "completion", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.save();
    } });
    this.dialog.fill(this.frame).foot(
      h("button", { class: "primary", form: "completion" }, "Save"),
      h("span", { class: "gap" }),
      h("button", { type: "button", onclick: () => this.leave() }, "To the intake"),
    );
    this.show(intake);
    this.dialog.open();
  }

  /** @param {any} intake */
  show(intake) {
    this.intake = intake;
    this.dialog.title.textContent = `What ${namesOf(intake)} told`;
    this.frame.replaceChildren(this.form.element);
  }

  leave() {
    this.dialog.close();
    this.back();
  }

  async save() {
    const { changes, intake } = this.form;
    forgetTold(this.frame);
    if (Object.keys(changes).length === 0) {
      this.leave();
      return;
    }
    let isLate = false;
    const saved = await this.dialog.during(
      () => call("PATCH", `intakes/${intake.id}/`, { body: changes, version: intake.version }),
      (problem) => {
        isLate = isOverrun(problem);
        if (!isLate) this.tell(problem);
        return true;
      });
    if (isLate) await this.showAnew();
    if (!saved) return;
    note("Saved.");
    this.leave();
  }

  /** @param {import("./api.js").Problem} problem */
  tell(problem) {
    if (problem.errors.length === 0) {
      this.dialog.complain(sayOf(problem));
      return;
    }
    const elsewhere = tellAtFields(problem, (pointer) => this.form.controlAt(pointer));
    const words = elsewhere.length > 0 ? elsewhere.join(" ") : "Look at what is marked below.";
    this.dialog.complain(h("p", {}, `Nothing is saved yet. ${words}`));
  }

  /** Somebody else was faster: how it is now, with what was typed here over it. */
  async showAnew() {
    const now = await this.dialog.during(() => get(`intakes/${this.intake.id}/`));
    if (!now) return;
    if (now.status !== "new") {
      note("Somebody else has settled this meanwhile; nothing of yours was saved.", { isAlert: true });
      this.leave();
      return;
    }
    const form = new IntakeForm(now, this.desk.reference);
    form.retype(this.form);
    this.form = form;
    this.show(now);
    this.dialog.complain(h("p", {}, "Somebody else has changed this meanwhile, and nothing of yours was saved. " +
      "Below is how it is now, with what you typed: look it over, and save again."));
  }
}

/** One intake: its facts and people, who of them are clients already, and what becomes of it. */

import { Problem, get, post } from "./api.js";
import { Dialog, field, sayOf } from "./dialog.js";
import { h } from "./html.js";
import { isOverrun, openCompletion } from "./intake-completion.js";
import { FOR_WHOM, ageGroupWords, clientsOf, factsOf, nameOf, namesOf, personWords } from "./intake-words.js";
import { openMatch } from "./match.js";
import { note } from "./notes.js";
import { WhoIsWho } from "./who-is-who.js";
import { momentWords, wallOf } from "./wall.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @param {Desk} desk @param {string} id @param {() => void} back */
export async function openIntake(desk, id, back) {
  try {
    new IntakeDialog(desk, await get(`intakes/${id}/`), back);
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure;
    note(failure.message, { isAlert: true });
  }
}

class IntakeDialog {
  /** @param {Desk} desk @param {any} intake @param {() => void} back */
  constructor(desk, intake, back) {
    this.desk = desk;
    this.back = back;
    this.intake = intake;
    this.dialog = new Dialog(namesOf(intake), { wide: true });
    this.dialog.open();
    void this.show(intake);
  }

  /** @param {any} intake */
  async show(intake) {
    this.intake = intake;
    this.dialog.title.textContent = namesOf(intake);
    const isNew = intake.status === "new";
    this.who = isNew ? new WhoIsWho(intake) : undefined;
    const today = this.desk.place.today;
    this.dialog.fill(
      h("div", { class: "columns" },
        h("div", {},
          h("p", { class: "lead" }, `${FOR_WHOM[intake.for_whom]}, ${ageGroupWords(intake, today).toLowerCase()}`),
          h("dl", { class: "facts" }, ...factsOf(intake, this.desk.reference).flatMap(([name, words]) =>
            [h("dt", {}, name), h("dd", {}, words)]),
          h("dt", {}, "Since"), h("dd", {}, momentWords(wallOf(intake.created_at))))),
        h("div", {},
          h("h3", {}, "Who"),
          h("ul", { class: "people" }, ...intake.people.map((/** @type {any} */ person) =>
            h("li", {}, h("strong", {}, nameOf(person)),
              h("span", { class: "quiet" }, personWords(person, intake, today))))),
          this.endingOf(intake))),
      this.who?.element,
    );
    this.showButtons();
    if (this.who) await this.dialog.during(() => /** @type {WhoIsWho} */ (this.who).look());
  }

  /** How it was settled, by whom. @param {any} intake */
  endingOf(intake) {
    if (intake.status === "new") return null;
    const by = intake.settled_by ? ` by ${intake.settled_by.display_name}` : "";
    const when = `${momentWords(wallOf(intake.settled_at))}${by}`;
    const words = intake.status === "closed"
      ? `Closed ${when}: ${intake.closed_because}`
      : `Registered ${when}.`;
    return h("p", { class: "ending" }, words);
  }

  showButtons() {
    const { status } = this.intake;
    const isNew = status === "new";
    this.dialog.foot(
      isNew && h("button", { type: "button", class: "primary", onclick: () => this.register() }, "Register"),
      status !== "closed" && h("button", { type: "button", class: isNew ? "" : "primary",
        onclick: () => this.match() }, "Who suits them?"),
      isNew && h("button", { type: "button", onclick: () => this.complete() }, "Change…"),
      isNew && h("button", { type: "button", onclick: () => this.askWhy() }, "Nothing comes of it…"),
      status === "closed" && h("button", { type: "button", class: "primary",
        onclick: () => this.take("reopen", {}, "It is in the inbox again.") }, "Take it up again"),
      h("span", { class: "gap" }),
      h("button", { type: "button", onclick: () => { this.dialog.close(); this.back(); } }, "To the inbox"),
    );
  }

  match() {
    this.dialog.close();
    openMatch(this.desk, { intake: this.intake, back: () => openIntake(this.desk, this.intake.id, this.back) });
  }

  complete() {
    this.dialog.close();
    openCompletion(this.desk, this.intake, () => openIntake(this.desk, this.intake.id, this.back));
  }

  async register() {
    const people = this.who?.told();
    if (!people) return;
    const names = namesOf(this.intake);
    const { length } = clientsOf(this.intake);
    const are = length > 1 ? "are clients" : "is a client";
    const when = people.filter((/** @type {any} */ one) => one.client).length < length ? "now" : "already";
    if (await this.take("register", { people }, `${names} ${are} ${when}.`)) {
      this.dialog.footer.querySelector("button")?.focus();
    }
  }

  askWhy() {
    const reason = h("input", { maxlength: 200, required: true, autocomplete: "off" });
    const form = h("form", { class: "override", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.take("close", { reason: reason.value.trim() }, "It is closed.");
    } }, field("Why does nothing come of it?", reason), h("button", {}, "Close the intake"));
    this.dialog.complain(form);
    reason.focus();
  }

  /** @param {string} verb @param {any} body @param {string} done */
  async take(verb, body, done) {
    const { id, version } = this.intake;
    let isLate = false;
    const changed = await this.dialog.during(
      () => post(`intakes/${id}/${verb}/`, body, version),
      (problem) => {
        isLate = isOverrun(problem);
        if (!isLate) this.dialog.complain(this.sayOf(problem));
        return true;
      });
    if (isLate) await this.showAnew();
    if (!changed) return false;
    note(done);
    await this.show(changed);
    return true;
  }

  /** Somebody else was faster: what they have made of it. */
  async showAnew() {
    const now = await this.dialog.during(() => get(`intakes/${this.intake.id}/`));
    if (!now) return;
    await this.show(now);
    this.dialog.complain(h("p", {}, "Somebody else has changed this meanwhile. Here is how it is now; nothing of yours was saved."));
  }

  /** The server names people by their ids. @param {Problem} problem */
  sayOf(problem) {
    const element = sayOf(problem);
    for (const person of this.intake.people) {
      element.textContent = element.textContent.replaceAll(person.id, nameOf(person));
    }
    return element;
  }
}

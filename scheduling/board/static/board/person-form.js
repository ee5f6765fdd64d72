/** One person of an intake, to be filled in: who they are, and how they are reached. */

import { select } from "./dialog.js";
import { h } from "./html.js";
import { ask, askDay, askNumber, isSame } from "./questions.js";

/** @typedef {import("./questions.js").Question} Question */

const LONGEST_NAME = 100;
const LONGEST_WORDS = 50;

/** @type {[string, string][]} */
const ROLES = [["client", "A client"], ["guardian", "A guardian"]];

export const SOMEBODY = { role: "client", first_name: "", last_name: "", preferred_name: "", pronouns: "",
  relationship: "", born_on: null, age: null, email: "", phone: "" };

export class PersonForm {
  /** @param {any} person @param {() => void} remove */
  constructor(person, remove) {
    this.id = person.id;
    const text = (/** @type {string} */ name, /** @type {Record<string, any>} */ more = { maxlength: LONGEST_NAME }) =>
      h("input", { value: person[name], autocomplete: "off", ...more });
    this.role = select(ROLES, person.role, { onchange: () => this.show() });
    /** @type {Record<string, Question>} */
    this.questions = {
      first_name: ask("First name", text("first_name")),
      last_name: ask("Last name", text("last_name")),
      born_on: askDay("Birthday", h("input", { type: "date", value: person.born_on ?? "" })),
      age: askNumber("Or the age, as told", h("input", { type: "number", min: 0, max: 126, value: person.age ?? "" })),
      phone: ask("Phone", text("phone", { type: "tel" })),
      email: ask("E-mail", text("email", { type: "email" })),
      role: ask("They are", this.role),
      relationship: ask("Relationship", text("relationship", { maxlength: LONGEST_WORDS })),
      preferred_name: ask("Called", text("preferred_name")),
      pronouns: ask("Pronouns", text("pronouns", { maxlength: LONGEST_WORDS })),
    };
    this.questions.born_on.control.addEventListener("input", () => this.show());
    this.legend = h("legend", {});
    this.questions.first_name.control.addEventListener("input", () => this.show());
    this.removal = h("button", { type: "button", onclick: remove });
    this.element = h("fieldset", { class: "inset" }, this.legend,
      h("div", { class: "grid" }, ...Object.values(this.questions).map((each) => each.element)),
      this.removal);
    this.show();
    this.initial = this.value;
  }

  /** As the API has it: the age counts only while the birthday is not known. */
  get value() {
    const told = Object.fromEntries(Object.entries(this.questions).map(([name, each]) => [name, each.value]));
    return { ...(this.id && { id: this.id }), ...told, age: told.born_on ? null : told.age };
  }

  /** What somebody has typed. @returns {[string, any][]} */
  get typed() {
    return Object.entries(this.questions)
      .filter(([name, each]) => !isSame(each.value, /** @type {any} */ (this.initial)[name]))
      .map(([name, each]) => [name, each.value]);
  }

  /** @param {[string, any][]} typed */
  retype(typed) {
    for (const [name, value] of typed) this.questions[name].value = value;
    this.show();
  }

  show() {
    const isClient = this.role.value === "client";
    const name = this.questions.first_name.value;
    this.legend.textContent = name || "Somebody more";
    this.removal.textContent = `Without ${name || "them"}`;
    this.questions.relationship.element.hidden = isClient;
    this.questions.born_on.element.hidden = !isClient;
    this.questions.age.element.hidden = !isClient || this.questions.born_on.value !== null;
  }
}

/** Registering a client in the middle of something else. */

import { Problem, Unreachable, post } from "./api.js";
import { field, sayOf } from "./dialog.js";
import { h } from "./html.js";
import { dateWords } from "./wall.js";

const TEXTS = [
  ["first_name", "First name", "text"],
  ["last_name", "Last name", "text"],
  ["born_on", "Date of birth", "date"],
  ["phone", "Phone", "tel"],
  ["email", "E-mail", "email"],
];
const GUARDIAN = [
  ["first_name", "First name", "text"],
  ["last_name", "Last name", "text"],
  ["relationship", "Relationship", "text"],
  ["phone", "Phone", "tel"],
];

export class NewClient {
  /**
   * @param {(client: any) => void} registered
   * @param {(client: any, other: any) => void} replaced by somebody who was there before
   */
  constructor(registered, replaced) {
    this.registered = registered;
    this.replaced = replaced;
    this.inputs = inputsOf(TEXTS);
    this.guardian = inputsOf(GUARDIAN);
    this.telehealth = h("input", { type: "checkbox" });
    this.problem = h("div", { class: "problem-box", role: "alert", hidden: true });
    this.alike = h("div", { role: "status" });
    this.form = h("fieldset", { class: "inset", hidden: true },
      h("legend", {}, "New client"),
      this.problem,
      h("div", { class: "grid" }, ...fieldsOf(TEXTS, this.inputs)),
      h("details", {},
        h("summary", {}, "A child: who answers for them?"),
        h("div", { class: "grid" }, ...fieldsOf(GUARDIAN, this.guardian))),
      h("label", { class: "tick" }, this.telehealth, "Agrees to sessions by video"),
      h("div", { class: "row" },
        h("button", { type: "button", class: "primary", onclick: () => this.register() }, "Register"),
        h("button", { type: "button", onclick: () => this.close() }, "Back to the search")),
    );
    this.element = h("div", {}, this.form, this.alike);
    this.form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      void this.register();
    });
  }

  /** @param {string} searched what was looked for: a name, or a number */
  open(searched) {
    this.form.hidden = false;
    this.alike.replaceChildren();
    const words = searched.trim().split(/\s+/);
    if (/^[-\d+() ]+$/.test(searched)) this.inputs.phone.value = searched.trim();
    else if (searched) {
      this.inputs.first_name.value = words[0];
      this.inputs.last_name.value = words.slice(1).join(" ");
    }
    this.inputs.first_name.focus();
  }

  close() {
    this.form.hidden = true;
  }

  async register() {
    this.problem.hidden = true;
    try {
      const client = await post("clients/", this.told());
      this.form.hidden = true;
      for (const input of Object.values(this.inputs)) input.value = "";
      this.registered(client);
      this.offerAlike(client);
    } catch (failure) {
      if (!(failure instanceof Problem || failure instanceof Unreachable)) throw failure;
      this.problem.hidden = false;
      this.problem.replaceChildren(sayOf(failure));
    }
  }

  told() {
    const client = valuesOf(this.inputs);
    const guardian = valuesOf(this.guardian);
    if (Object.keys(guardian).length > 0) {
      Object.assign(client, { consent_basis: "guardian", guardians: [guardian] });
    }
    if (this.telehealth.checked) {
      client.telehealth_consent_on = new Date().toISOString().slice(0, 10);
    }
    return client;
  }

  /** Whoever was there before may be the same person. @param {any} client */
  offerAlike(client) {
    const { possible_duplicates: alike } = client;
    if (alike.length === 0) return;
    this.alike.replaceChildren(
      h("p", {}, "Perhaps this is somebody you know already:"),
      ...alike.map((/** @type {any} */ one) =>
        h("button", { type: "button", onclick: () => {
          this.alike.replaceChildren();
          this.replaced(client, one);
        } }, `Take ${one.display_name}, born ${dateWords(one.born_on)}`)),
    );
  }
}

/** @param {string[][]} rows @returns {Record<string, any>} */
function inputsOf(rows) {
  return Object.fromEntries(rows.map(([name, , type]) => [name, h("input", { type, autocomplete: "off" })]));
}

/** @param {string[][]} rows @param {Record<string, any>} inputs */
function fieldsOf(rows, inputs) {
  return rows.map(([name, label]) => field(label, inputs[name]));
}

/** @param {Record<string, any>} inputs @returns {Record<string, any>} what was filled in */
function valuesOf(inputs) {
  const filled = Object.entries(inputs).filter(([, input]) => input.value.trim() !== "");
  return Object.fromEntries(filled.map(([name, input]) => [name, input.value.trim()]));
}

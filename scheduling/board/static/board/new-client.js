/** Registering a client in the middle of something else. */

import { Problem, Unreachable, post } from "./api.js";
import { field, sayOf, tick } from "./dialog.js";
import { h } from "./html.js";
import { today } from "./place.js";
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
   * @param {(client: any) => void} chosen who was registered, or was there before
   */
  constructor(chosen) {
    this.chosen = chosen;
    this.isBusy = false;
    this.inputs = inputsOf(TEXTS);
    this.guardian = inputsOf(GUARDIAN);
    this.telehealth = h("input", { type: "checkbox" });
    this.problem = h("div", { class: "problem-box", role: "alert", hidden: true });
    this.alike = h("div", { role: "status", tabindex: "-1" });
    this.child = h("details", {},
      h("summary", {}, "A child: who answers for them?"),
      h("div", { class: "grid" }, ...fieldsOf(GUARDIAN, this.guardian)));
    this.form = h("fieldset", { class: "inset", hidden: true },
      h("legend", {}, "New client"),
      this.problem,
      h("div", { class: "grid" }, ...fieldsOf(TEXTS, this.inputs)),
      this.child,
      tick("Agrees to sessions by video", this.telehealth),
      h("div", { class: "row" },
        h("button", { type: "button", class: "primary", onclick: () => this.register() }, "Register"),
        h("button", { type: "button", onclick: () => this.close() }, "Back to the search")),
      this.alike,
    );
    this.element = h("div", {}, this.form);
    this.form.addEventListener("input", () => this.alike.replaceChildren());
    this.form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      void this.register();
    });
  }

  /** @param {string} searched what was looked for: a name, or a number */
  open(searched) {
    this.clear();
    this.form.hidden = false;
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

  /** Nothing of whoever was registered before is left for the next. */
  clear() {
    for (const input of [...Object.values(this.inputs), ...Object.values(this.guardian)]) input.value = "";
    this.telehealth.checked = false;
    this.child.open = false;
    this.problem.hidden = true;
    this.alike.replaceChildren();
  }

  /** Once, however often it is pressed; whoever may be there already is shown first.
   *  @param {{isNew?: boolean}} [options] whether somebody has looked at those */
  async register({ isNew = false } = {}) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem.hidden = true;
    try {
      const told = this.told();
      if (isNew || !(await this.isKnown(told))) this.take(await post("clients/", told));
    } catch (failure) {
      if (!(failure instanceof Problem || failure instanceof Unreachable)) throw failure;
      this.problem.hidden = false;
      this.problem.replaceChildren(sayOf(failure));
    } finally {
      this.isBusy = false;
    }
  }

  /** @param {any} client */
  take(client) {
    this.close();
    this.chosen(client);
  }

  told() {
    const client = valuesOf(this.inputs);
    const guardian = valuesOf(this.guardian);
    if (Object.keys(guardian).length > 0) {
      Object.assign(client, { consent_basis: "guardian", guardians: [guardian] });
    }
    if (this.telehealth.checked) {
      client.telehealth_consent_on = today(document.body.dataset.zone ?? "UTC");
    }
    return client;
  }

  /** Whether somebody was there before who may be the same person; they are offered.
   *  @param {any} told */
  async isKnown(told) {
    const { possible_duplicates: alike } = await post("clients/?dry_run=true", told);
    if (alike.length === 0) return false;
    this.alike.replaceChildren(
      h("p", {}, "Perhaps this is somebody you know already:"),
      h("div", { class: "row" },
        ...alike.map((/** @type {any} */ one) =>
          h("button", { type: "button", onclick: () => this.take(one) },
            `Take ${one.display_name}, born ${dateWords(one.born_on)}`)),
        h("button", { type: "button", onclick: () => this.register({ isNew: true }) },
          "Somebody else: register them")),
    );
    this.alike.focus({ preventScroll: true });
    this.alike.scrollIntoView({ block: "center" });
    return true;
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

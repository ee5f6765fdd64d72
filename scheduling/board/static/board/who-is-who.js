/** Who of an intake's people is a client already, and what is missing of those who are not. */

import { get } from "./api.js";
import { field, radios } from "./dialog.js";
import { h } from "./html.js";
import { nameOf } from "./intake-words.js";
import { dateWords } from "./wall.js";

const SOMEBODY_NEW = "new";

export class WhoIsWho {
  /** @param {any} intake */
  constructor(intake) {
    this.intake = intake;
    /** @type {Map<string, {value: string | undefined, set: any}>} by person */
    this.choices = new Map();
    const hasWay = (/** @type {any} */ one) => one.phone || one.email;
    const isReached = intake.people.some(hasWay);
    this.people = intake.people.map((/** @type {any} */ person) => ({
      person,
      bornOn: person.role === "client" && !person.born_on ? h("input", { type: "date", required: true }) : null,
      // Whoever comes along with somebody may be reached through them.
      phone: !hasWay(person) && (person.role === "guardian" || intake.for_whom !== "minor" || !isReached)
        ? h("input", { type: "tel", autocomplete: "off" }) : null,
      place: h("div"),
    }));
    this.element = h("form", { class: "who-is-who", novalidate: true, onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      h("h3", {}, "To register them"),
      ...this.people.map((/** @type {any} */ each) => this.partOf(each)));
  }

  /** @param {any} each */
  partOf({ person, bornOn, phone, place }) {
    if (person.role === "guardian" && !phone) return null;
    return h("div", { class: "one" }, place,
      (bornOn || phone) && h("div", { class: "pair" },
        bornOn && field(`Birthday of ${person.first_name}`, bornOn),
        phone && field(`Phone of ${person.first_name}`, phone)));
  }

  /** Find out whom they may be. */
  async look() {
    const { results } = await get(`intakes/${this.intake.id}/duplicates/`);
    /** @type {Map<string, any[]>} */
    const alike = new Map(results.map((/** @type {any} */ one) => [one.person, one.possible_duplicates]));
    for (const { person, place } of this.people) {
      if (person.role !== "client") continue;
      const known = alike.get(person.id) ?? [];
      if (known.length === 0) {
        place.replaceChildren(h("p", {}, `${nameOf(person)} is somebody new.`));
        continue;
      }
      const choice = radios(`${nameOf(person)} may be known already`, [
        ...known.map((one) => /** @type {[string, string]} */ ([one.id, `${one.display_name}, born ${dateWords(one.born_on)}`])),
        [SOMEBODY_NEW, "Somebody new"],
      ], "");
      for (const box of choice.set.querySelectorAll("input")) box.required = true;
      this.choices.set(person.id, choice);
      place.replaceChildren(choice.set);
    }
  }

  /** As a request has it; nothing while something is not chosen or filled in. */
  told() {
    this.askOnlyOfNew();
    if (!this.element.reportValidity()) return undefined;
    return this.people.flatMap((/** @type {any} */ { person, bornOn, phone }) => {
      const chosen = this.choices.get(person.id)?.value;
      const client = chosen && chosen !== SOMEBODY_NEW ? { client: chosen } : {};
      const missing = {
        ...(bornOn?.value && { born_on: bornOn.value }),
        ...(phone?.value.trim() && { phone: phone.value.trim() }),
      };
      const turn = { ...client, ...missing };
      return Object.keys(turn).length > 0 ? [{ id: person.id, ...turn }] : [];
    });
  }

  /** Of whoever is a client already, the birthday is known. */
  askOnlyOfNew() {
    for (const { person, bornOn } of this.people) {
      const chosen = this.choices.get(person.id)?.value;
      if (bornOn) bornOn.required = !chosen || chosen === SOMEBODY_NEW;
    }
  }
}

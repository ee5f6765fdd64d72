/** Hours in words, and the fields that a rule and a date have in common. */

import { field, select } from "../dialog.js";
import { h } from "../html.js";
import { spanWords, wallAt } from "../wall.js";

/** @type {[string, string][]} */
export const MODES = [
  ["both", "In person or by video"],
  ["in_person", "In person"],
  ["telehealth", "By video"],
];
const ANY_DAY = "2027-01-04";
const MIDNIGHT = "24:00";

/** "9:00 AM – 5:00 PM" @param {any} hours */
export function clockWords(hours) {
  const end = hours.end_time.slice(0, 5);
  return spanWords(wallAt(ANY_DAY, hours.start_time.slice(0, 5)), wallAt(ANY_DAY, end === MIDNIGHT ? "00:00" : end));
}

/** @param {any} hours */
export const modeWords = (hours) =>
  (MODES.find(([mode]) => mode === hours.mode)?.[1] ?? hours.mode).toLowerCase();

/** Where, from when to when, and how: what every window of hours has. */
export class WindowFields {
  /** @param {any} hours what is there, or is proposed @param {{slug: string, name: string}[]} offices */
  constructor(hours, offices) {
    this.start = h("input", { type: "time", value: hours.start_time.slice(0, 5), step: 900, required: true });
    const end = hours.end_time.slice(0, 5);
    this.end = h("input", { type: "time", value: end === MIDNIGHT ? "00:00" : end, step: 900, required: true });
    this.office = select(
      [...offices.map((one) => /** @type {[string, string]} */ ([one.slug, one.name])), ["", "Elsewhere, by video"]],
      hours.office ?? "", { onchange: () => this.settle() });
    this.mode = select(MODES, hours.mode);
    this.settle();
  }

  /** Without an office there is but one way. */
  settle() {
    this.mode.disabled = this.office.value === "";
    if (this.mode.disabled) this.mode.value = "telehealth";
  }

  get elements() {
    return [
      h("div", { class: "pair" }, field("From", this.start), field("Until", this.end)),
      h("div", { class: "pair" }, field("Where", this.office), field("How", this.mode)),
    ];
  }

  /** As a request has them; midnight at the end of a day is 24:00. */
  get values() {
    return {
      start_time: this.start.value,
      end_time: this.end.value === "00:00" ? MIDNIGHT : this.end.value,
      office: this.office.value || null,
      mode: this.mode.value,
    };
  }
}

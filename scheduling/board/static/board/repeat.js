/** A series: how often, how long, and what would become of each date. */

import { post } from "./api.js";
import { field, select } from "./dialog.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { slotWords } from "./refusal.js";
import { dayOf, momentWords, wallOf } from "./wall.js";
import { counted } from "./words.js";

/** @typedef {import("./dialog.js").Dialog} Dialog */

export class Repeat {
  /** @param {() => void} changed */
  constructor(changed) {
    this.often = select([["0", "Once"], ["1", "Every week"], ["2", "Every two weeks"], ["n", "Every … weeks"]],
      "0", { onchange: () => { this.show(); changed(); } });
    this.weeks = h("input", { type: "number", min: 1, max: 26, value: 3 });
    this.ends = select([["count", "after so many sessions"], ["until", "on a date"]], "count",
      { onchange: () => this.show() });
    this.count = h("input", { type: "number", min: 1, max: 52, value: 10 });
    this.until = h("input", { type: "date" });
    this.weeksField = field("Weeks between", this.weeks);
    this.countField = field("Sessions", this.count);
    this.untilField = field("Last day", this.until);
    this.more = h("div", { class: "pair" }, field("It ends", this.ends), this.countField, this.untilField);
    this.element = h("div", {}, h("div", { class: "pair" }, field("Repeat", this.often), this.weeksField), this.more);
    this.show();
  }

  get isOn() {
    return this.often.value !== "0";
  }

  show() {
    this.weeksField.hidden = this.often.value !== "n";
    this.more.hidden = !this.isOn;
    this.countField.hidden = this.ends.value !== "count";
    this.untilField.hidden = this.ends.value !== "until";
    this.until.required = this.isOn && this.ends.value === "until";
  }

  length() {
    return this.ends.value === "count" ? { count: Number(this.count.value) } : { until: this.until.value };
  }

  /**
   * Show what would become of each date, in place of the form; book from there.
   *
   * @param {Dialog} dialog @param {any} order
   * @param {object} ways
   * @param {Node} ways.above what stays above it
   * @param {() => void} ways.booked
   * @param {<T>(asked: Promise<T>) => Promise<T>} ways.answerTo takes note of what is not answered
   * @param {(problem: import("./api.js").Problem) => boolean} ways.refused for no date of its own
   */
  async look(dialog, order, { above, booked, answerTo, refused }) {
    const every = this.often.value === "n" ? Number(this.weeks.value) : Number(this.often.value);
    const run = { ...order, every_weeks: every, ...this.length() };
    const { occurrences } = await post("appointment-series/", { ...run, dry_run: true });
    const form = [...dialog.body.childNodes];
    const buttons = [...dialog.footer.childNodes];
    const back = () => {
      dialog.fill(...form);
      dialog.foot(.../** @type {any} */ (buttons));
    };
    /** @param {"refuse" | "skip"} onConflict */
    const book = async (onConflict) => {
      const done = await dialog.during(
        () => answerTo(post("appointment-series/", { ...run, on_conflict: onConflict })),
        (problem) => {
          if (problem.occurrences.length === 0) return refused(problem);
          dialog.fill(above, reportOf(problem.occurrences));
          dialog.complain(h("p", {}, "Not every date is free any more; nothing was booked."));
          return true;
        });
      if (!done) return;
      const made = done.occurrences.filter((/** @type {any} */ one) => one.id);
      note(`Booked: ${counted(made.length, "session")} from ${momentWords(wallOf(made[0].starts_at))}.`);
      booked();
    };
    dialog.fill(above, summaryOf(occurrences), reportOf(occurrences));
    dialog.foot(...choicesOf(occurrences, book), h("button", { type: "button", onclick: back }, "Back"));
    /** @type {any} */ (dialog.footer.querySelector("button"))?.focus();
  }
}

/** @param {any[]} occurrences @param {(how: "refuse" | "skip") => void} book */
export function choicesOf(occurrences, book, verb = "Book") {
  const free = occurrences.filter((one) => one.ok).length;
  if (free === occurrences.length) {
    return [h("button", { type: "button", class: "primary", onclick: () => book("refuse") }, `${verb} all ${free}`)];
  }
  return [h("button", { type: "button", class: "primary", disabled: free === 0, onclick: () => book("skip") },
    `${verb} the ${free} that can be`)];
}

/** @param {any[]} occurrences */
export function summaryOf(occurrences) {
  const free = occurrences.filter((one) => one.ok).length;
  const words = free === occurrences.length
    ? `All ${free} dates are free.`
    : `${free} of ${occurrences.length} dates are free. The others would be left out:`;
  return h("p", { class: "lead" }, words);
}

/** What becomes of each date, and what is free instead. @param {any[]} occurrences */
export function reportOf(occurrences) {
  return h("ol", { class: "report" }, ...occurrences.map((one) => {
    const wall = wallOf(one.starts_at);
    const reasons = one.reasons.map((/** @type {any} */ reason) => reason.detail).join(" ");
    const instead = one.alternatives.map((/** @type {any} */ slot) => slotWords(slot, dayOf(wall))).join("; ");
    return h("li", { class: one.ok ? "ok" : "refused" },
      h("strong", {}, momentWords(wall)), " ",
      one.ok ? "free" : h("span", {}, reasons, instead && h("span", { class: "quiet" }, ` Free instead: ${instead}.`)));
  }));
}

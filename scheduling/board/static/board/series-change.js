/** Changing a series from one of its sessions on: another time, or no more. */

import { post } from "./api.js";
import { Dialog, field, radios, select, tellTick } from "./dialog.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { choicesOf, reportOf, summaryOf } from "./repeat.js";
import { clockOf, momentWords, wallOf, weekdayOf } from "./wall.js";
import { WEEKDAYS, clientWords, counted } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @param {Desk} desk @param {any} one the session from which on */
export function openSeriesChange(desk, one) {
  new SeriesChange(desk, one);
}

class SeriesChange {
  /** @param {Desk} desk @param {any} one */
  constructor(desk, one) {
    this.desk = desk;
    this.one = one;
    this.wall = wallOf(one.starts_at);
    this.address = `appointment-series/${one.series}`;
    this.moving = movingAsked(desk, one);
    this.ending = endingAsked();
    this.tell = tellTick();
    this.what = radios("This and all that follow", [["move", "come at another time"], ["end", "are cancelled"]], "move",
      (chosen) => { this.moving.element.hidden = chosen !== "move"; this.ending.element.hidden = chosen === "move"; });
    this.dialog = new Dialog("Change the series");
    this.show();
  }

  show() {
    this.dialog.fill(
      h("p", {}, h("strong", {}, clientWords(this.one)), `, from ${momentWords(this.wall)} on`),
      h("form", {
        id: "series-form",
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          void (this.what.value === "move" ? this.move() : this.end());
        },
      }, this.what.set, this.moving.element, this.ending.element, this.tell.element),
    ).foot(
      h("button", { class: "primary", form: "series-form" }, "Go on"),
      h("button", { type: "button", onclick: () => this.dialog.close() }, "Back"),
    ).open();
  }

  async end() {
    const body = { from: this.one.starts_at, ...this.ending.asked, ...this.tell.asked };
    const answer = await this.dialog.during(() => post(`${this.address}/cancel/`, body));
    if (answer) await this.done(answer, "Cancelled");
  }

  /** What becomes of each date is shown first. */
  async move() {
    const body = { from: this.one.starts_at, ...this.moving.asked, ...this.tell.asked };
    await this.dialog.during(async () => {
      const { occurrences } = await post(`${this.address}/reschedule/`, { ...body, dry_run: true });
      this.dialog.fill(summaryOf(occurrences), reportOf(occurrences));
      this.dialog.foot(
        ...choicesOf(occurrences, async (how) => {
          const answer = await this.dialog.during(() =>
            post(`${this.address}/reschedule/`, { ...body, on_conflict: how }));
          if (answer) await this.done(answer, "Moved");
        }, "Move"),
        h("button", { type: "button", onclick: () => this.dialog.close() }, "Leave it as it is"),
      );
    });
  }

  /** Told by when they are now; of those that are not any more, by when they were.
   *  @param {any} answer @param {string} verb */
  async done(answer, verb) {
    const done = answer.occurrences.filter((/** @type {any} */ each) => each.ok);
    const first = done[0] ? wallOf(done[0].starts_at) : this.wall;
    note(`${verb}: ${counted(done.length, "session")}, the first ${verb === "Moved" ? "now" : "that of"} ${momentWords(first)}.`);
    this.dialog.close();
    await this.desk.refresh();
  }
}

/** @param {Desk} desk @param {any} one */
function movingAsked(desk, one) {
  const wall = wallOf(one.starts_at);
  const weekday = select(WEEKDAYS.map((name, index) => [String(index), name]), String(weekdayOf(wall)));
  const time = h("input", { type: "time", value: clockOf(wall), required: true });
  const therapist = select(desk.therapistChoices(one.therapist), one.therapist.id);
  return {
    element: h("div", {}, h("div", { class: "pair" }, field("Weekday", weekday), field("Time", time)),
      field("Therapist", therapist)),
    get asked() {
      return { weekday: Number(weekday.value), start_time: time.value,
        ...(therapist.value !== one.therapist.id && { therapist: therapist.value }) };
    },
  };
}

function endingAsked() {
  const by = radios("Who ends it?", [["client", "The client"], ["practice", "The practice"]], "client");
  const reason = h("input", { maxlength: 500, autocomplete: "off" });
  return {
    element: h("div", { hidden: true }, by.set, field("Reason (optional)", reason)),
    get asked() { return { by: by.value, reason: reason.value.trim() }; },
  };
}

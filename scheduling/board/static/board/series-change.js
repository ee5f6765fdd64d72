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
  const wall = wallOf(one.starts_at);
  const address = `appointment-series/${one.series}`;
  const weekday = select(WEEKDAYS.map((name, index) => [String(index), name]), String(weekdayOf(wall)));
  const time = h("input", { type: "time", value: clockOf(wall), required: true });
  const therapist = select(desk.therapistChoices(one.therapist), one.therapist.id);
  const moving = h("div", {}, h("div", { class: "pair" }, field("Weekday", weekday), field("Time", time)),
    field("Therapist", therapist));
  const by = radios("Who ends it?", [["client", "The client"], ["practice", "The practice"]], "client");
  const reason = h("input", { maxlength: 500, autocomplete: "off" });
  const ending = h("div", { hidden: true }, by.set, field("Reason (optional)", reason));
  const what = radios("This and all that follow", [["move", "come at another time"], ["end", "are cancelled"]], "move",
    (chosen) => { moving.hidden = chosen !== "move"; ending.hidden = chosen === "move"; });
  const tell = tellTick();
  const dialog = new Dialog("Change the series");

  const done = async (/** @type {any} */ answer, /** @type {string} */ verb) => {
    const count = answer.occurrences.filter((/** @type {any} */ each) => each.ok).length;
    note(`${verb}: ${counted(count, "session")} from ${momentWords(wall)}.`);
    dialog.close();
    await desk.refresh();
  };
  const end = async () => {
    const body = { from: one.starts_at, by: by.value, reason: reason.value.trim(), ...tell.asked };
    const answer = await dialog.during(() => post(`${address}/cancel/`, body));
    if (answer) await done(answer, "Cancelled");
  };
  const move = async () => {
    const body = { from: one.starts_at, weekday: Number(weekday.value), start_time: time.value, ...tell.asked,
      ...(therapist.value !== one.therapist.id && { therapist: therapist.value }) };
    await dialog.during(async () => {
      const { occurrences } = await post(`${address}/reschedule/`, { ...body, dry_run: true });
      dialog.fill(summaryOf(occurrences), reportOf(occurrences));
      dialog.foot(
        ...choicesOf(occurrences, async (how) => {
          const answer = await dialog.during(() => post(`${address}/reschedule/`, { ...body, on_conflict: how }));
          if (answer) await done(answer, "Moved");
        }, "Move"),
        h("button", { type: "button", onclick: () => dialog.close() }, "Leave it as it is"),
      );
    });
  };
  dialog.fill(
    h("p", {}, h("strong", {}, clientWords(one)), `, from ${momentWords(wall)} on`),
    h("form", {
      id: "series-form",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void (what.value === "move" ? move() : end());
      },
    }, what.set, moving, ending, tell.element),
  ).foot(
    h("button", { class: "primary", form: "series-form" }, "Go on"),
    h("button", { type: "button", onclick: () => dialog.close() }, "Back"),
  ).open();
}

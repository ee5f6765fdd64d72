/** The search for a slot, as a form: who could see whom, where and when. */

import { get } from "./api.js";
import { openBooking } from "./booking.js";
import { openMatch } from "./match.js";
import { Dialog, field, select, tick } from "./dialog.js";
import { h } from "./html.js";
import { VIDEO } from "./place.js";
import { addDays, clockOf, dayOf, longDayWords, spanWords, wallOf } from "./wall.js";
import { AGE_GROUPS, WEEKDAYS, counted } from "./words.js";
import { isDate } from "./when-and-where.js";

/** @typedef {import("./desk.js").Desk} Desk */

const AFTER_FIVE = "17:00";
const PAGE = 20;

/** The last search is still there when the next caller asks. @type {URLSearchParams | undefined} */
let lastAsked;

/** @param {Desk} desk */
export function openFind(desk) {
  new Find(desk);
}

class Find {
  /** @param {Desk} desk */
  constructor(desk) {
    const { reference, place } = desk;
    const before = lastAsked ?? new URLSearchParams();
    this.desk = desk;
    this.sessionType = select(desk.reference.sessionTypeChoices(), before.get("session_type") ?? "individual-50");
    this.concern = select(any("Any concern", reference.concerns), before.get("concern") ?? "");
    this.modality = select(any("Any modality", reference.modalities), before.get("modality") ?? place.modality);
    this.ageGroup = select([["", "Any age"], ...Object.entries(AGE_GROUPS)], before.get("age_group") ?? "");
    this.where = select([["", "Anywhere"], ...desk.officeChoices(), [VIDEO, "By video"]],
      before.get("mode") === "telehealth" ? VIDEO : before.get("office") ?? "");
    this.therapist = select([["", "Anybody"], ...desk.therapistChoices()], before.get("therapist") ?? place.therapist);
    this.from = h("input", { type: "date" });
    this.afterFive = h("input", { type: "checkbox", checked: before.has("time_from") });
    this.few = h("input", { type: "checkbox", checked: before.has("per_therapist") });
    this.weekdays = WEEKDAYS.map((name, index) => ({
      name, box: h("input", { type: "checkbox", value: index, checked: before.getAll("weekday").includes(String(index)) }),
    }));
    this.results = h("div", { class: "results", role: "region", "aria-label": "Free slots", tabindex: 0 });
    this.told = h("p", { role: "status", class: "lead" });
    this.wanted = "";
    this.shown = "";
    this.isSearching = false;
    this.dialog = new Dialog("Find a slot", { wide: true });
    this.dialog.fill(h("div", { class: "columns finding" }, this.form(), h("div", {}, this.told, this.results)));
    this.dialog.foot(
      h("button", { class: "primary", form: "find-form" }, "Search"),
      h("button", { type: "button", onclick: () => this.match() }, "Who suits them best?"),
    ).open();
    void this.search();
  }

  form() {
    return h("form", {
      id: "find-form",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.shown = "";
        void this.search();
      },
      onchange: () => this.search(),
    },
      field("Session", this.sessionType),
      h("div", { class: "pair" }, field("Concern", this.concern), field("Modality", this.modality)),
      h("div", { class: "pair" }, field("Where", this.where), field("Age", this.ageGroup)),
      h("div", { class: "pair" }, field("Therapist", this.therapist), field("From", this.from)),
      h("fieldset", { class: "weekdays" }, h("legend", {}, "Days"),
        ...this.weekdays.map(({ name, box }) =>
          h("label", { class: "day" }, box, h("span", { "aria-hidden": "true" }, name.slice(0, 2)),
            h("span", { class: "visually-hidden" }, name)))),
      h("div", { class: "row" }, tick("After five", this.afterFive), tick("A few of each therapist", this.few)),
    );
  }

  asked() {
    const asked = new URLSearchParams({ session_type: this.sessionType.value, limit: String(PAGE) });
    const chosen = { concern: this.concern, modality: this.modality, age_group: this.ageGroup, therapist: this.therapist };
    for (const [name, control] of Object.entries(chosen)) if (control.value) asked.set(name, control.value);
    if (this.where.value === VIDEO) asked.set("mode", "telehealth");
    else if (this.where.value) asked.set("office", this.where.value);
    if (isDate(this.from)) {
      asked.set("from", this.from.value);
      asked.set("to", addDays(this.from.value, 27));
    }
    for (const { box } of this.weekdays) if (box.checked) asked.append("weekday", box.value);
    if (this.afterFive.checked) asked.set("time_from", AFTER_FIVE);
    if (this.few.checked) asked.set("per_therapist", "3");
    return asked;
  }

  /** The same, as wishes that count for or against a therapist. */
  match() {
    const { value: where } = this.where;
    const facts = {
      session_type: this.sessionType.value,
      ...(this.concern.value && { main_concern: this.concern.value }),
      ...(this.modality.value && { modalities: [this.modality.value] }),
      ...(this.ageGroup.value && { age_groups: [this.ageGroup.value] }),
      ...(where === VIDEO ? { by_video: true } : where ? { offices: [where] } : {}),
      weekdays: this.weekdays.filter(({ box }) => box.checked).map(({ box }) => Number(box.value)),
      ...(this.afterFive.checked && { time_from: AFTER_FIVE }),
    };
    this.dialog.close();
    openMatch(this.desk, { facts, back: () => openFind(this.desk) });
  }

  /** Search, unless that is what is shown; what is asked for meanwhile comes next. */
  async search() {
    lastAsked = this.asked();
    this.wanted = `slots/?${lastAsked}`;
    if (this.isSearching) return;
    this.isSearching = true;
    this.results.setAttribute("aria-busy", "true");
    while (this.shown !== this.wanted) {
      const asked = this.wanted;
      const page = await this.dialog.during(() => get(asked));
      this.shown = asked;
      this.results.replaceChildren();
      this.day = "";
      if (page) this.show(page);
    }
    this.results.removeAttribute("aria-busy");
    this.isSearching = false;
  }

  /** @param {any} page */
  show(page) {
    const reasons = page.reasons ?? [];
    if (page.results.length === 0 && this.results.children.length === 0) {
      this.told.textContent = "Nothing is free.";
      this.results.append(h("ul", { class: "reasons" }, ...reasons.map((/** @type {any} */ one) =>
        h("li", {}, h("strong", {}, counted(one.therapists, "therapist")), `: ${one.detail}`))));
      const near = page.alternatives ?? [];
      if (near.length > 0) this.results.append(h("p", {}, "The nearest that is free:"));
      for (const slot of near) this.add(slot);
      return;
    }
    for (const slot of page.results) this.add(slot);
    const count = this.results.querySelectorAll(".slot").length;
    this.told.textContent = page.next ? `The first ${count} free slots` : counted(count, "free slot");
    if (page.next) this.addMore(page.next);
  }

  /** @param {any} slot */
  add(slot) {
    const wall = wallOf(slot.starts_at);
    if (dayOf(wall) !== this.day) {
      this.day = dayOf(wall);
      this.results.append(h("h3", {}, longDayWords(wall)));
    }
    const where = slot.mode === "telehealth" ? "By video" : slot.office.name;
    const color = this.desk.reference.colorOf(slot.mode === "telehealth" ? null : slot.office.slug);
    this.results.append(h("button", { type: "button", class: `slot ${color}`, onclick: () => this.choose(slot) },
      h("span", { class: "time" }, spanWords(wall, wallOf(slot.ends_at))),
      h("span", { class: "therapist" }, slot.therapist.display_name),
      h("span", { class: "office" }, where)));
  }

  /** @param {string} next */
  addMore(next) {
    const more = h("button", { type: "button", class: "more", onclick: () => this.dialog.during(async () => {
      const page = await get(next);
      more.remove();
      this.show(page);
    }) }, "More");
    this.results.append(more);
  }

  /** @param {any} slot */
  choose(slot) {
    const wall = wallOf(slot.starts_at);
    this.dialog.close();
    if (dayOf(wall) !== this.desk.place.date) this.desk.go(dayOf(wall));
    openBooking(this.desk, {
      day: dayOf(wall),
      clock: clockOf(wall),
      sessionType: slot.session_type,
      therapist: slot.therapist.id,
      office: slot.mode === "telehealth" ? VIDEO : slot.office.slug,
      callFrom: slot.office?.slug,
    });
  }
}

/** @param {string} words @param {{slug: string, name: string}[]} rows @returns {[string, string][]} */
function any(words, rows) {
  return [["", words], ...rows.map((row) => /** @type {[string, string]} */ ([row.slug, row.name]))];
}

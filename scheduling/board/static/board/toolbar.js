/** The date, the view and the filters above the board. */

import { byId, h, icon, press } from "./html.js";
import { VIDEO, today } from "./place.js";
import { daysWords, longDayWords } from "./wall.js";
import { keyOf } from "./words.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./reference.js").Reference} Reference */

export class Toolbar {
  /** @param {Place} place @param {Reference} reference @param {() => void} changed */
  constructor(place, reference, changed) {
    this.place = place;
    this.reference = reference;
    this.changed = changed;
    this.fill();
    this.listen();
    this.narrow();
    this.show();
  }

  fill() {
    byId("previous").append(icon("previous"));
    byId("next").append(icon("next"));
    byId("offices").append(
      ...this.reference.offices.map((office) =>
        this.chip(office.slug, office.name, this.reference.colorOf(office.slug))),
      this.chip(VIDEO, "By video", "office-none"),
    );
    const names = this.reference.therapists
      .filter((one) => one.is_active)
      .map((one) => [one.id, one.display_name]);
    options(byId("therapist"), [["", "All therapists"], ...names.sort(byWords)]);
    const modalities = this.reference.modalities.map((one) => [one.slug, one.name]);
    options(byId("modality"), [["", "All modalities"], ...modalities.sort(byWords)]);
    byId("key").append(...keyOf());
  }

  /** @param {string} slug @param {string} name @param {string} color */
  chip(slug, name, color) {
    return h("button", { type: "button", class: `chip ${color}`, "data-office": slug,
      "aria-pressed": "false", onclick: () => this.change(() => this.place.toggle(slug)) },
      h("span", { class: "swatch" }), name);
  }

  listen() {
    byId("previous").addEventListener("click", () => this.turn(-1));
    byId("next").addEventListener("click", () => this.turn(1));
    byId("today").addEventListener("click", () => this.go(today(this.place.zone)));
    byId("date").addEventListener("change", () => {
      if (byId("date").value >= "2000") this.go(byId("date").value);
    });
    for (const button of document.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => this.choose("view", /** @type {any} */ (button).dataset.view));
    }
    for (const button of document.querySelectorAll("[data-by]")) {
      button.addEventListener("click", () => this.choose("by", /** @type {any} */ (button).dataset.by));
    }
    for (const name of /** @type {const} */ (["therapist", "modality"])) {
      byId(name).addEventListener("change", () =>
        this.change(() => { this.place[name] = byId(name).value; }));
    }
    byId("cancelled").addEventListener("change", () =>
      this.change(() => { this.place.cancelled = byId("cancelled").checked; }));
  }

  /** @param {number} count */
  turn(count) {
    this.change(() => this.place.turn(count));
  }

  /** @param {string} date */
  go(date) {
    this.change(() => { this.place.date = date; });
  }

  /** @param {"view" | "by"} name @param {any} value */
  choose(name, value) {
    this.change(() => {
      const { place } = this;
      Reflect.set(place, name, value);
      if (place.view === "day") return;
      const [office] = place.offices;
      place.offices = new Set(place.by === "rooms" && office ? [office] : []);
    });
  }

  /** A week is one therapist's, or that of the offices that are chosen, at least of one. */
  narrow() {
    const { place } = this;
    if (place.view === "day") return;
    if (place.by === "therapists") {
      place.therapist ||= byId("therapist").options[1]?.value ?? "";
    } else {
      place.therapist = "";
      if (place.offices.size === 0) place.toggle(this.reference.offices[0]?.slug ?? VIDEO);
    }
  }

  /** @param {() => void} act */
  change(act) {
    act();
    this.narrow();
    this.show();
    history.replaceState(null, "", location.pathname + this.place.search);
    this.changed();
  }

  show() {
    const { place } = this;
    const [first, last] = place.days;
    const isWeek = place.view === "week";
    const title = isWeek ? daysWords(first, last) : longDayWords(first);
    byId("title").textContent = title;
    document.title = `${title} · My LA Therapy`;
    byId("date").value = place.date;
    byId("previous").setAttribute("aria-label", isWeek ? "Previous week" : "Previous day");
    byId("next").setAttribute("aria-label", isWeek ? "Next week" : "Next day");
    byId("today").setAttribute("aria-current", String(place.date === today(place.zone)));
    byId("therapist").value = place.therapist;
    byId("modality").value = place.modality;
    byId("cancelled").checked = place.cancelled;
    press("[data-view]", (button) => button.dataset.view === place.view);
    press("[data-by]", (button) => button.dataset.by === place.by);
    press("[data-office]", (button) => place.offices.has(button.dataset.office));
  }
}

/** @param {HTMLSelectElement} control @param {any[][]} choices */
function options(control, choices) {
  control.append(...choices.map(([value, words]) => h("option", { value }, words)));
}

/** @param {any[]} one @param {any[]} other */
const byWords = (one, other) => one[1].localeCompare(other[1]);

/** The days of the week and the hours that somebody would like, or any. */

import { field } from "./dialog.js";
import { h } from "./html.js";
import { WEEKDAYS } from "./words.js";

const FIRST = "00:00";
const LAST = "24:00";

export class HoursWish {
  /** @param {{weekdays: number[], time_from: string, time_to: string}} [wish] */
  constructor(wish = { weekdays: [], time_from: FIRST, time_to: LAST }) {
    this.boxes = WEEKDAYS.map(() => h("input", { type: "checkbox" }));
    this.from = h("input", { type: "time" });
    this.to = h("input", { type: "time" });
    this.days = h("fieldset", { class: "weekdays" }, h("legend", {}, "Days, or any"),
      ...this.boxes.map((box, index) =>
        h("label", { class: "day" }, box, h("span", { "aria-hidden": "true" }, WEEKDAYS[index].slice(0, 2)),
          h("span", { class: "visually-hidden" }, WEEKDAYS[index]))));
    this.element = h("div", {}, this.days,
      h("div", { class: "pair" }, field("Not before", this.from), field("Over by", this.to)));
    this.value = wish;
  }

  /** As the API has it; whoever names no hours has the whole day. */
  get value() {
    return {
      weekdays: this.boxes.flatMap((box, index) => (box.checked ? [index] : [])),
      time_from: this.from.value || FIRST,
      time_to: this.to.value || LAST,
    };
  }

  set value({ weekdays, time_from: from, time_to: to }) {
    for (const [index, box] of this.boxes.entries()) box.checked = weekdays.includes(index);
    this.from.value = from === FIRST ? "" : from;
    this.to.value = to === LAST ? "" : to;
  }

  /** What the API means by a name. @param {string} name */
  controlOf(name) {
    return { weekdays: this.days, time_from: this.from, time_to: this.to }[name];
  }
}

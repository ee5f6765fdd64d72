/** The weekly hours as a grid of seven days; on a telephone the days stand in a column. */

import { h, icon } from "../html.js";
import { dateWords } from "../wall.js";
import { WEEKDAYS } from "../words.js";
import { clockWords, modeWords } from "./hours-words.js";

const EARLIEST = 8;
const LATEST = 20;
const USUAL_LENGTH = 4;

/**
 * @typedef {object} Handlers
 * @property {(rule: any) => void} opened
 * @property {(weekday: number, hour?: number) => void} wanted
 * @property {(slug: string | null) => string} colorOf
 * @property {(slug: string | null) => string} nameOf
 */

/**
 * @param {HTMLElement} element @param {any[]} rules @param {string} today
 * @param {Handlers} handlers
 */
export function showHours(element, rules, today, handlers) {
  const first = Math.min(EARLIEST, ...rules.map((one) => Math.floor(hourOf(one.start_time))));
  const last = Math.max(LATEST, ...rules.map((one) => Math.ceil(hourOf(one.end_time))));
  element.style.setProperty("--hours", String(last - first));
  element.replaceChildren(
    h("ol", { class: "clock", "aria-hidden": "true" },
      ...Array.from({ length: last - first }, (_, index) => h("li", {}, clock(first + index)))),
    ...WEEKDAYS.map((name, weekday) => {
      const mine = rules.filter((one) => one.weekday === weekday);
      return dayOf(name, weekday, mine, first, today, handlers);
    }));
}

/** @param {string} name @param {number} weekday @param {any[]} rules @param {number} first
 *  @param {string} today @param {Handlers} handlers */
function dayOf(name, weekday, rules, first, today, handlers) {
  const lanes = lanesOf(rules);
  const free = (/** @type {MouseEvent} */ event) => {
    if (event.target !== event.currentTarget) return;
    const { height } = /** @type {HTMLElement} */ (event.target).getBoundingClientRect();
    const hours = Number(getComputedStyle(/** @type {HTMLElement} */ (event.target)).getPropertyValue("--hours"));
    handlers.wanted(weekday, first + Math.floor((event.offsetY / height) * hours));
  };
  return h("section", { class: "weekday", "aria-labelledby": `weekday-${weekday}` },
    h("header", {},
      h("h3", { id: `weekday-${weekday}` }, name),
      h("button", { type: "button", class: "plain square", "aria-label": `Add hours on ${name}s`,
        onclick: () => handlers.wanted(weekday) }, icon("plus"))),
    h("ul", { onclick: free }, ...rules.map((rule) => {
      const item = h("li", {}, buttonOf(rule, today, handlers));
      item.style.setProperty("--from", String(hourOf(rule.start_time) - first));
      item.style.setProperty("--length", String(hourOf(rule.end_time) - hourOf(rule.start_time)));
      item.style.setProperty("--lane", String(lanes.get(rule.id)));
      item.style.setProperty("--lanes", String(Math.max(...lanes.values()) + 1));
      return item;
    })),
    rules.length === 0 && h("p", { class: "quiet none" }, "No hours"));
}

/** @param {any} rule @param {string} today @param {Handlers} handlers */
function buttonOf(rule, today, { opened, colorOf, nameOf }) {
  const isToCome = rule.valid_from > today;
  const notes = [
    rule.every_weeks > 1 && `every ${rule.every_weeks} weeks`,
    isToCome && `from ${dateWords(rule.valid_from)}`,
    rule.valid_until && `until ${dateWords(rule.valid_until)}`,
  ].filter(Boolean);
  return h("button", { type: "button", "data-id": rule.id,
    class: `window ${colorOf(rule.office)}${isToCome ? " is-to-come" : ""}`, onclick: () => opened(rule) },
    h("span", { class: "when" }, clockWords(rule)),
    h("strong", {}, nameOf(rule.office)),
    rule.office && h("span", {}, modeWords(rule)),
    notes.length > 0 && h("span", { class: "note-line" }, notes.join(", ")));
}

/** Side by side what would cover each other. @param {any[]} rules @returns {Map<string, number>} */
function lanesOf(rules) {
  /** @type {number[]} */
  const ends = [];
  return new Map([...rules].sort((one, other) => hourOf(one.start_time) - hourOf(other.start_time)).map((rule) => {
    const start = hourOf(rule.start_time);
    let lane = ends.findIndex((end) => end <= start);
    if (lane < 0) lane = ends.length;
    ends[lane] = hourOf(rule.end_time);
    return [rule.id, lane];
  }));
}

/** What is proposed where somebody clicks. @param {number | undefined} hour */
export function proposed(hour = 9) {
  const text = (/** @type {number} */ each) => `${String(each).padStart(2, "0")}:00`;
  return { start_time: text(hour), end_time: text(Math.min(hour + USUAL_LENGTH, 24)) };
}

/** @param {string} time "09:30" */
function hourOf(time) {
  const [hours, minutes] = time.split(":").map(Number);
  return hours + minutes / 60;
}

/** @param {number} hour */
const clock = (hour) => `${hour % 12 || 12} ${hour < 12 || hour === 24 ? "AM" : "PM"}`;

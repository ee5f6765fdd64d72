/** What is printed, and what is counted: links to the pages and tables of the server. */

import { Dialog } from "./dialog.js";
import { h } from "./html.js";
import { addDays, daysWords, longDayWords, mondayOf } from "./wall.js";

/** @typedef {import("./desk.js").Desk} Desk */

const USAGE = [["office", "office"], ["therapist", "therapist"], ["hour", "hour of the day"]];

/** @param {Desk} desk of the day that is shown, and its week */
export function openPapers(desk) {
  const { date } = desk.place;
  const monday = mondayOf(date);
  const week = `from=${monday}&to=${addDays(monday, 6)}`;
  const dialog = new Dialog("Print and count");
  dialog.fill(
    h("h3", {}, `Day sheets, ${longDayWords(date)}`),
    h("ul", { class: "papers" }, ...desk.reference.offices.map((office) => link(`/day-sheet/${office.slug}/?date=${date}`, office.name))),
    h("h3", {}, `Reports, ${daysWords(monday, addDays(monday, 6))}`),
    h("ul", { class: "papers" },
      link(`/board/reports/?${week}`, "All of them, to read here"),
      link(`/reports/utilisation.svg?${week}`, "How full the hours are, by office and hour (picture)"),
      ...USAGE.map(([key, words]) =>
        link(`/api/v1/reports/utilisation/?${week}&by=${key}&format=csv`, `How full the hours are, by ${words} (table, CSV)`)),
      link(`/api/v1/reports/cancellations/?${week}&format=csv`, "Cancellations and no-shows (table, CSV)"),
      link(`/api/v1/reports/guarantees/?${week}&format=csv`, "Guarantees, and how far they came (table, CSV)"),
      link(`/api/v1/reports/messages/?${week}&format=csv`, "Messages, and what became of them (table, CSV)")),
    h("h3", {}, "How long one waits from now on, by modality and office (tables, CSV)"),
    h("ul", { class: "papers" }, ...desk.reference.sessionTypeChoices().map(([slug, words]) =>
      link(`/api/v1/reports/lead-time/?session_type=${slug}&format=csv`, words))),
  ).open();
}

/** @param {string} href @param {string} words */
function link(href, words) {
  return h("li", {}, h("a", { href, target: "_blank", rel: "noopener" }, words));
}

/** A change of one's books, weighed first: what it leaves uncovered is shown before it is
 * made, as the server tells of it in a dry run. */

import { call } from "../api.js";
import { Dialog } from "../dialog.js";
import { h } from "../html.js";
import { reasonWords, takersWords } from "../uncovered.js";
import { dayWords, spanWords, wallOf } from "../wall.js";
import { clientWords, counted } from "../words.js";

/** @typedef {{method: "POST" | "PATCH" | "DELETE", path: string, body?: any}} Change */

/**
 * Make a change, at once if it leaves no session uncovered, else once that is accepted.
 *
 * @param {Dialog} dialog where it was asked for, and what goes wrong is told
 * @param {Change} change
 * @param {string} verb as in "Take it all the same"
 * @param {(uncovered: number) => void} done
 */
export async function weigh(dialog, change, verb, done) {
  const { method, path, body } = change;
  const uncovered = await dialog.during(async () => {
    const told = await call(method, `${path}?dry_run=true`, { body });
    const found = told?.uncovered_appointments ?? [];
    if (found.length === 0) await call(method, path, { body });
    return found;
  });
  if (uncovered === undefined) return;
  if (uncovered.length === 0) {
    dialog.close();
    done(0);
    return;
  }
  const asked = new Dialog(`This leaves ${sessions(uncovered)} uncovered`);
  const accept = async () => {
    const made = await asked.during(async () => {
      await call(method, path, { body });
      return true;
    });
    if (!made) return;
    asked.close();
    dialog.close();
    done(uncovered.length);
  };
  asked.fill(
    h("p", {}, "None of them is cancelled: they stay booked, and wait on the front desk's list until somebody decides."),
    uncoveredOf(uncovered),
  ).foot(
    h("button", { type: "button", class: "danger", onclick: accept }, `${verb} all the same`),
    h("button", { type: "button", onclick: () => asked.close() }, "Back"),
  ).open();
}

/** Sessions that are not covered, why, and who could take them. @param {any[]} uncovered */
export function uncoveredOf(uncovered) {
  return h("ul", { class: "uncovered" }, ...uncovered.map((one) => {
    const start = wallOf(one.starts_at);
    return h("li", {},
      h("p", {}, h("strong", {}, clientWords(one)),
        `${dayWords(start)}, ${spanWords(start, wallOf(one.ends_at))}${one.office ? `, ${one.office.name}` : ""}`),
      h("p", { class: "quiet" }, `${reasonWords(one)} ${takersWords(one)}`));
  }));
}

/** "3 sessions" @param {any[]} rows */
export const sessions = (rows) => counted(rows.length, "session");

/** What a note adds. @param {number} uncovered */
export function leftWords(uncovered) {
  return uncovered === 0 ? "" : ` ${counted(uncovered, "session waits", "sessions wait")} for the front desk.`;
}

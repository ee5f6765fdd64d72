/** The inbox: what people told who look for a therapist, the newest first. */

import { get } from "./api.js";
import { Dialog, radios } from "./dialog.js";
import { h } from "./html.js";
import { openIntake } from "./intake.js";
import { FOR_WHOM, INTAKE_STATUSES, ageGroupWords, namesOf } from "./intake-words.js";
import { dateWords, wallOf } from "./wall.js";

/** @typedef {import("./desk.js").Desk} Desk */

const PAGE = 20;

/** Which of them somebody looked at last. */
let lastStatus = "new";

/**
 * Read only when somebody looks: whoever is shown here is noted in the access log.
 *
 * @param {Desk} desk
 */
export function openInbox(desk) {
  new Inbox(desk);
}

class Inbox {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.rows = h("ul", { class: "intakes" });
    this.told = h("p", { role: "status", class: "lead" });
    this.more = h("div");
    this.statuses = radios("Show", INTAKE_STATUSES, lastStatus, (status) => {
      lastStatus = status;
      void this.read();
    });
    this.dialog = new Dialog("Inbox", { wide: true });
    this.dialog.fill(this.statuses.set, this.told, this.rows, this.more).open();
    void this.read();
  }

  async read() {
    const asked = lastStatus;
    const page = await this.dialog.during(() => get(`intakes/?limit=${PAGE}&status=${asked}`));
    if (!page) return;
    this.rows.replaceChildren();
    this.show(page);
    if (asked !== lastStatus) await this.read();
  }

  /** @param {any} page */
  show(page) {
    this.rows.append(...page.results.map((/** @type {any} */ intake) => this.rowOf(intake)));
    const { length } = this.rows.children;
    this.told.textContent = length === 0 ? "Nobody is in here." : "";
    this.told.hidden = length > 0;
    this.more.replaceChildren(...(page.next ? [h("button", { type: "button", onclick: async () => {
      const following = await this.dialog.during(() => get(page.next));
      if (following) this.show(following);
    } }, "More")] : []));
  }

  /** @param {any} intake */
  rowOf(intake) {
    const { reference, place } = this.desk;
    const concern = reference.concerns.find((one) => one.slug === intake.main_concern);
    return h("li", {},
      h("button", { type: "button", onclick: () => {
        this.dialog.close();
        void openIntake(this.desk, intake.id, () => openInbox(this.desk));
      } },
        h("strong", {}, namesOf(intake)),
        h("span", {}, `${FOR_WHOM[intake.for_whom]}, ${ageGroupWords(intake, place.today).toLowerCase()}`),
        h("span", {}, concern?.name ?? intake.main_concern),
        h("span", { class: "quiet" }, `since ${dateWords(wallOf(intake.created_at))}`)));
  }
}

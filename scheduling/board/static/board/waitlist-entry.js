/** One who waits: what for, what they are offered, and what they say to it. */

import { Problem, get, post } from "./api.js";
import { Countdown } from "./countdown.js";
import { Dialog, sayOf } from "./dialog.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { slotWords } from "./refusal.js";
import { dayOf, momentWords, wallOf } from "./wall.js";
import { openWaitlistChange } from "./waitlist-change.js";
import { wishesOf } from "./waitlist-words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @param {Desk} desk @param {string} id @param {() => Promise<void>} changed
 *  @param {string} [told] is said above all */
export async function openEntry(desk, id, changed, told) {
  try {
    const { dialog } = new EntryDialog(desk, await readEntry(id), changed);
    if (told) dialog.complain(h("p", {}, told));
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure;
    note(failure.message, { isAlert: true });
    await changed();
  }
}

/** @param {string} id */
async function readEntry(id) {
  const [entry, offers] = await Promise.all([
    get(`waitlist-entries/${id}/`),
    get(`waitlist-offers/?entry=${id}&state=offered&limit=1`),
  ]);
  return { entry, offer: offers.results[0] };
}

class EntryDialog {
  /** @param {Desk} desk @param {{entry: any, offer: any}} found @param {() => Promise<void>} changed */
  constructor(desk, found, changed) {
    this.desk = desk;
    this.changed = changed;
    /** @type {Countdown | undefined} */
    this.countdown = undefined;
    this.dialog = new Dialog(found.entry.client.display_name, { closed: () => this.countdown?.stop() });
    this.show(found);
    this.dialog.open();
  }

  /** @param {{entry: any, offer: any}} found */
  show({ entry, offer }) {
    this.entry = entry;
    this.countdown?.stop();
    this.dialog.fill(
      offer && this.offerOf(offer),
      h("dl", { class: "facts" }, ...wishesOf(entry, this.desk.reference).flatMap(([name, words]) =>
        [h("dt", {}, name), h("dd", {}, words)]),
      h("dt", {}, "Waits since"), h("dd", {}, momentWords(wallOf(entry.created_at)))),
    ).foot(
      entry.state === "waiting" && h("button", { type: "button", onclick: () => this.change() }, "Change…"),
      entry.state === "waiting" && h("button", { type: "button", onclick: () => this.withdraw() }, "They wait no longer"),
    );
  }

  /** @param {any} offer */
  offerOf(offer) {
    this.countdown = new Countdown(offer.expires_at, () => this.showAnew("This offer is over; the hour goes to the next."));
    const answer = (/** @type {string} */ verb, /** @type {string} */ done) => this.answer(offer, verb, done);
    const when = slotWords(offer);
    return h("div", { class: "offer" },
      h("p", {}, "Offered: ", h("strong", {}, when)),
      h("p", {}, "Kept for them: ", this.countdown.element, " left."),
      h("div", { class: "row" },
        h("button", { type: "button", class: "primary", onclick: () => answer("accept", `Booked: ${when}.`) }, "They take it"),
        h("button", { type: "button", onclick: () => answer("decline", "It goes to the next; they keep waiting.") }, "They decline"),
        h("button", { type: "button", onclick: () => answer("withdraw", "The offer is taken back.") }, "Take it back")));
  }

  /** @param {any} offer @param {string} verb @param {string} done */
  async answer(offer, verb, done) {
    const answered = await this.during(() => post(`waitlist-offers/${offer.id}/${verb}/`, {}));
    if (!answered) return;
    if (verb === "accept" && dayOf(offer.starts_at) !== this.desk.place.date) this.desk.go(dayOf(offer.starts_at));
    await this.finish(done);
  }

  change() {
    this.dialog.close();
    openWaitlistChange(this.desk, this.entry, (told) => {
      void openEntry(this.desk, this.entry.id, this.changed, told);
      void this.changed();
    });
  }

  async withdraw() {
    const { id, version } = this.entry;
    const answered = await this.during(() => post(`waitlist-entries/${id}/withdraw/`, {}, version));
    if (answered) await this.finish(`${this.entry.client.display_name} waits no longer.`);
  }

  /** What has become of it meanwhile is shown along with the refusal. @param {() => Promise<any>} act */
  async during(act) {
    /** @type {Problem | undefined} */
    let refusal;
    const answered = await this.dialog.during(act, (problem) => {
      refusal = problem;
      return true;
    });
    if (refusal) await this.showAnew(sayOf(refusal).textContent);
    return answered;
  }

  /** @param {string} words */
  async showAnew(words) {
    if (!this.dialog.isOpen) return;
    const found = await this.dialog.during(() => readEntry(this.entry.id));
    if (!found) return;
    this.show(found);
    this.dialog.complain(h("p", {}, words));
    await this.changed();
  }

  /** @param {string} words */
  async finish(words) {
    note(words);
    this.dialog.close();
    await Promise.all([this.changed(), this.desk.refresh()]);
  }
}

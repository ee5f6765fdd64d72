/** A slot that is kept while the caller decides: its countdown, and how it ends. */

import { Problem, Unreachable, call, get, serverNow } from "./api.js";
import { h } from "./html.js";

/** @typedef {import("./feed.js").Feed} Feed */

const HELD = "held";
const RELEASED = "released";
const SURE = "It is not yours: let go of it all the same";

export class Hold {
  /**
   * @param {{id: string, expires_at: string, created_by?: {id: string, display_name: string} | null}} held
   * @param {Feed} feed by which it learns what others make of it
   * @param {object} endings
   * @param {() => void} endings.lapsed
   * @param {() => void} endings.release somebody wants to let go of it
   * @param {(isBooked: boolean) => void} endings.taken somebody else has booked it, or let go of it
   * @param {() => boolean} endings.isBusy while it is ended from here
   */
  constructor(held, feed, { lapsed, release, taken, isBusy }) {
    this.id = held.id;
    this.ends = Date.parse(held.expires_at);
    this.lapsed = lapsed;
    this.taken = taken;
    this.isBusy = isBusy;
    this.isOver = false;
    this.isLooking = false;
    this.unfollow = feed.follow((agenda) => void this.look(agenda));
    this.clock = h("strong", { class: "clock" });
    this.said = h("span", { class: "visually-hidden", role: "status" }, "The slot is kept.");
    const keeper = held.created_by;
    const isOurs = !keeper || keeper.id === document.body.dataset.user;
    const button = h("button", { type: "button", onclick: () => {
      if (isOurs || button.textContent === SURE) return release();
      button.textContent = SURE;
      this.said.textContent = `${keeper.display_name} may be on the telephone about it.`;
      return undefined;
    } }, "Let go of it");
    this.element = h("div", { class: "hold" },
      h("p", {}, isOurs ? "Kept for the caller: " : `${keeper.display_name} keeps it for a caller: `, this.clock, " left."),
      this.said, button);
    this.timer = setInterval(() => this.tick(), 1000);
    this.tell();
  }

  /** In seconds; a hold may have lapsed before it is shown. */
  get left() {
    return Math.max(0, Math.ceil((this.ends - serverNow()) / 1000));
  }

  tick() {
    if (this.left > 0) return this.tell();
    this.stop();
    return this.lapsed();
  }

  tell() {
    const { left } = this;
    this.clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    this.element.classList.toggle("is-short", left <= 60);
    if (left === 60) this.said.textContent = "One minute left.";
  }

  /**
   * Whether it is kept still. What is not on the board, as on another day, is asked for.
   *
   * @param {any} agenda
   */
  async look(agenda) {
    const shown = agenda.appointments.find((/** @type {any} */ one) => one.id === this.id);
    if (shown?.status === HELD || this.isLooking || this.isBusy()) return;
    this.isLooking = true;
    const status = shown?.status ?? await this.ask();
    this.isLooking = false;
    if (status === HELD || this.isOver || this.isBusy() || this.left === 0) return;
    this.stop();
    this.taken(status !== RELEASED);
  }

  /** As long as nobody answers, it is kept for all that is known. */
  async ask() {
    try {
      return (await get(`appointments/${this.id}/`)).status;
    } catch (failure) {
      if (!(failure instanceof Problem || failure instanceof Unreachable)) throw failure;
      return HELD;
    }
  }

  /** Let the slot go, which others can have from then on.
   *  @throws {Problem | Unreachable} and it is kept as before */
  async release() {
    try {
      await call("DELETE", `holds/${this.id}/`);
    } catch (failure) {
      const isOver = failure instanceof Problem && failure.status === 404;
      if (!isOver) throw failure;
    }
    this.stop();
  }

  /** No longer watched: it was booked, or the dialog is closed and the board shows it. */
  stop() {
    this.isOver = true;
    this.unfollow();
    clearInterval(this.timer);
  }
}

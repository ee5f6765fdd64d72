/** A slot that is kept while the caller decides: its countdown, and how it ends. */

import { Problem, call, serverNow } from "./api.js";
import { h } from "./html.js";

const SURE = "It is not yours: let go of it all the same";

export class Hold {
  /**
   * @param {{id: string, expires_at: string, created_by?: {id: string, display_name: string} | null}} held
   * @param {object} endings
   * @param {() => void} endings.lapsed
   * @param {() => void} endings.release somebody wants to let go of it
   */
  constructor(held, { lapsed, release }) {
    this.id = held.id;
    this.ends = Date.parse(held.expires_at);
    this.lapsed = lapsed;
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

  /** Let the slot go, which others can have from then on.
   *  @throws {Problem | import("./api.js").Unreachable} and it is kept as before */
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
    clearInterval(this.timer);
  }
}

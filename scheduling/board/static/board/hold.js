/** A slot that is kept while the caller decides: its countdown, and how it ends. */

import { Problem, call, serverNow } from "./api.js";
import { h } from "./html.js";

export class Hold {
  /**
   * @param {{id: string, expires_at: string}} held
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
    this.element = h("div", { class: "hold" },
      h("p", {}, "Kept for the caller: ", this.clock, " left."), this.said,
      h("button", { type: "button", onclick: release }, "Let go of it"));
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

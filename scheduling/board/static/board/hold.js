/** A slot that is kept while the caller decides: its countdown, and how it ends. */

import { call, post } from "./api.js";
import { h } from "./html.js";

export class Hold {
  /**
   * @param {{id: string, expires_at: string}} held
   * @param {object} endings
   * @param {() => void} endings.lapsed
   * @param {() => void} endings.released
   */
  constructor(held, { lapsed, released }) {
    this.id = held.id;
    this.ends = Date.parse(held.expires_at);
    this.lapsed = lapsed;
    this.released = released;
    this.clock = h("strong", { class: "clock" });
    this.said = h("span", { class: "visually-hidden", role: "status" }, "The slot is kept.");
    this.element = h("div", { class: "hold" },
      h("p", {}, "Kept for the caller: ", this.clock, " left."), this.said,
      h("button", { type: "button", onclick: () => this.release() }, "Let go of it"));
    this.timer = setInterval(() => this.tell(), 1000);
    this.tell();
  }

  tell() {
    const left = Math.ceil((this.ends - Date.now()) / 1000);
    if (left <= 0) {
      this.stop();
      this.lapsed();
      return;
    }
    this.clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    this.element.classList.toggle("is-short", left <= 60);
    if (left === 60) this.said.textContent = "One minute left.";
  }

  async release() {
    this.stop();
    await call("DELETE", `holds/${this.id}/`);
    this.released();
  }

  /** No longer watched: it was booked, or the dialog is closed and the board shows it. */
  stop() {
    clearInterval(this.timer);
  }
}

/** @param {any} order @returns {Promise<any>} the hold */
export const keep = (order) => post("holds/", order);

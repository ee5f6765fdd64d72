/** What a page shows, read again every few seconds while somebody looks. */

import { Problem, Unreachable } from "./api.js";
import { Latest } from "./latest.js";

const EVERY = 5_000;
const LONGEST = 10_000;

export class Feed {
  /**
   * @param {() => string} addressNow what is to be read; it changes with what is shown
   * @param {object} listeners
   * @param {(read: any) => void} listeners.changed
   * @param {(failure?: Unreachable | Problem) => void} listeners.reached without one: it answers
   * @param {() => void} listeners.unread what is to be shown has still to be read
   * @param {() => boolean} listeners.mayShow false while something must not be disturbed
   */
  constructor(addressNow, { changed, reached, unread, mayShow }) {
    this.addressNow = addressNow;
    this.changed = changed;
    this.reached = reached;
    this.mayShow = mayShow;
    this.unread = unread;
    this.text = "";
    this.address = "";
    /** @type {any} */
    this.shown = undefined;
    /** @type {Set<(read: any) => void>} */
    this.followers = new Set();
    this.latest = new Latest(LONGEST);
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("online", () => this.look());
  }

  /** Show `text`, the first answer, and keep up from then on. @param {string} text */
  start(text) {
    this.take(text, this.addressNow());
    setInterval(() => this.look(), EVERY);
  }

  /** @param {string} text @param {string} address where it was read */
  take(text, address) {
    if (text === this.text) return;
    this.text = text;
    this.address = address;
    this.shown = JSON.parse(text);
    this.changed(this.shown);
  }

  /** Be told of each reading, also of one that brings nothing new.
   *  @param {(read: any) => void} told @returns {() => void} ends it */
  follow(told) {
    this.followers.add(told);
    return () => void this.followers.delete(told);
  }

  look() {
    if (!document.hidden && !this.latest.isReading && this.mayShow()) void this.read();
  }

  /** Read now; whatever is being read is for another day or older. */
  async read() {
    const address = this.addressNow();
    try {
      const text = await this.latest.read(address);
      if (text === undefined) return;
      this.reached();
      if (!this.mayShow()) return;
      this.take(text, address);
      for (const told of this.followers) told(this.shown);
    } catch (failure) {
      if (!(failure instanceof Unreachable || failure instanceof Problem)) throw failure;
      this.reached(failure);
    }
  }

  /** Show it again although it has not changed, as after another filter; of another day
   *  nothing is known before it is read. */
  again() {
    if (this.text && this.address === this.addressNow()) return this.changed(this.shown);
    this.text = "";
    return this.unread();
  }
}

/** What a page shows, read again every few seconds while somebody looks. */

import { Problem, Unreachable, send } from "./api.js";

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
    this.latest = undefined;
    /** @type {Set<(read: any) => void>} */
    this.followers = new Set();
    /** @type {AbortController | undefined} */
    this.reading = undefined;
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
    this.latest = JSON.parse(text);
    this.changed(this.latest);
  }

  /** Be told of each reading, also of one that brings nothing new.
   *  @param {(read: any) => void} told @returns {() => void} ends it */
  follow(told) {
    this.followers.add(told);
    return () => void this.followers.delete(told);
  }

  look() {
    if (!document.hidden && this.reading === undefined && this.mayShow()) void this.read();
  }

  /** Read now; whatever is being read is for another day or older. */
  async read() {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    const timer = setTimeout(() => reading.abort(new Unreachable("GET")), LONGEST);
    try {
      const address = this.addressNow();
      const text = await send("GET", address, { signal: reading.signal });
      this.reached();
      if (!this.mayShow()) return;
      this.take(text, address);
      for (const told of this.followers) told(this.latest);
    } catch (failure) {
      const { aborted, reason } = reading.signal;
      const told = aborted ? reason : failure;
      if (told instanceof Unreachable || told instanceof Problem) this.reached(told);
      else if (!aborted) throw failure;
    } finally {
      clearTimeout(timer);
      if (this.reading === reading) this.reading = undefined;
    }
  }

  /** Show it again although it has not changed, as after another filter; of another day
   *  nothing is known before it is read. */
  again() {
    if (this.text && this.address === this.addressNow()) return this.changed(this.latest);
    this.text = "";
    return this.unread();
  }
}

/** What a page shows, read again every few seconds while somebody looks. */

import { Problem, Unreachable, send } from "./api.js";

const EVERY = 5_000;

export class Feed {
  /**
   * @param {() => string} addressNow what is to be read; it changes with what is shown
   * @param {object} listeners
   * @param {(read: any) => void} listeners.changed
   * @param {(failure?: Unreachable | Problem) => void} listeners.reached without one: it answers
   * @param {() => boolean} listeners.mayShow false while something must not be disturbed
   */
  constructor(addressNow, { changed, reached, mayShow }) {
    this.addressNow = addressNow;
    this.changed = changed;
    this.reached = reached;
    this.mayShow = mayShow;
    this.text = "";
    /** @type {AbortController | undefined} */
    this.reading = undefined;
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("online", () => this.look());
  }

  /** Show `text`, the first answer, and keep up from then on. @param {string} text */
  start(text) {
    this.take(text);
    setInterval(() => this.look(), EVERY);
  }

  /** @param {string} text */
  take(text) {
    if (text === this.text) return;
    this.text = text;
    this.changed(JSON.parse(text));
  }

  look() {
    if (!document.hidden && this.reading === undefined && this.mayShow()) void this.read();
  }

  /** Read now; whatever is being read is for another day or older. */
  async read() {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    try {
      const text = await send("GET", this.addressNow(), { signal: reading.signal });
      this.reached();
      if (this.mayShow()) this.take(text);
    } catch (failure) {
      if (reading.signal.aborted) return;
      if (!(failure instanceof Unreachable || failure instanceof Problem)) throw failure;
      this.reached(failure);
    } finally {
      if (this.reading === reading) this.reading = undefined;
    }
  }

  /** Show it again although it has not changed, as after another filter. */
  again() {
    if (this.text) this.changed(JSON.parse(this.text));
  }
}

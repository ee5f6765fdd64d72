/** The agenda that is shown, read again every few seconds while somebody looks. */

import { Unreachable, send } from "./api.js";

/** @typedef {import("./place.js").Place} Place */

const EVERY = 5_000;

export class Feed {
  /**
   * @param {Place} place
   * @param {object} listeners
   * @param {(agenda: any) => void} listeners.changed
   * @param {(isReachable: boolean) => void} listeners.reached
   * @param {() => boolean} listeners.mayShow false while something must not be disturbed
   */
  constructor(place, { changed, reached, mayShow }) {
    this.place = place;
    this.changed = changed;
    this.reached = reached;
    this.mayShow = mayShow;
    this.text = "";
    /** @type {AbortController | undefined} */
    this.reading = undefined;
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("online", () => this.look());
  }

  start() {
    setInterval(() => this.look(), EVERY);
    return this.read();
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
      const text = await send("GET", this.address, { signal: reading.signal });
      this.reached(true);
      if (text !== this.text && this.mayShow()) {
        this.text = text;
        this.changed(JSON.parse(text));
      }
    } catch (failure) {
      if (reading.signal.aborted) return;
      this.reached(!(failure instanceof Unreachable));
      if (!(failure instanceof Unreachable)) throw failure;
    } finally {
      if (this.reading === reading) this.reading = undefined;
    }
  }

  /** Show the agenda again although it has not changed, as after another filter. */
  again() {
    if (this.text) this.changed(JSON.parse(this.text));
  }

  get address() {
    const [from, to] = this.place.days;
    const asked = new URLSearchParams({ from, to });
    if (this.place.isWeekOfTherapist) asked.set("therapist", this.place.therapist);
    if (this.place.cancelled) asked.set("include_cancelled", "true");
    return `agenda/?${asked}`;
  }
}

/** One thing read at a time: what is asked for later takes the place of what is under way. */

import { Problem, Unreachable, send } from "./api.js";

export class Latest {
  /** @param {number} longest milliseconds, after which nobody waits for an answer any more */
  constructor(longest) {
    this.longest = longest;
    /** @type {AbortController | undefined} */
    this.reading = undefined;
  }

  get isReading() {
    return this.reading !== undefined;
  }

  /**
   * @param {string} address as for `send`
   * @returns {Promise<string | undefined>} undefined if another took its place
   * @throws {Problem | Unreachable}
   */
  async read(address) {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    const timer = setTimeout(() => reading.abort(new Unreachable("GET")), this.longest);
    try {
      return await send("GET", address, { signal: reading.signal });
    } catch (failure) {
      const { aborted, reason } = reading.signal;
      const told = aborted ? reason : failure;
      if (!aborted || told instanceof Unreachable || told instanceof Problem) throw told;
      return undefined;
    } finally {
      clearTimeout(timer);
      if (this.reading === reading) this.reading = undefined;
    }
  }
}

/** How long something is still kept, second by second, by the server's clock. */

import { serverNow } from "./api.js";
import { h } from "./html.js";

const SECOND = 1000;
const HOUR = 3600;

/** "4:09", "1:04:09" @param {number} seconds */
export function leftWords(seconds) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const minutes = Math.floor((seconds % HOUR) / 60);
  const rest = two(seconds % 60);
  return seconds < HOUR ? `${minutes}:${rest}` : `${Math.floor(seconds / HOUR)}:${two(minutes)}:${rest}`;
}

export class Countdown {
  /** @param {string} until as the API sends it @param {() => void} over */
  constructor(until, over) {
    this.ends = Date.parse(until);
    this.over = over;
    this.element = h("span", { class: "clock" });
    this.timer = setInterval(() => this.tick(), SECOND);
    this.tell();
  }

  get left() {
    return Math.max(0, Math.ceil((this.ends - serverNow()) / SECOND));
  }

  tick() {
    this.tell();
    if (this.left > 0) return;
    this.stop();
    this.over();
  }

  tell() {
    this.element.textContent = leftWords(this.left);
  }

  stop() {
    clearInterval(this.timer);
  }
}

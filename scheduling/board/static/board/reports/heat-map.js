/** How full each hour of the week is: the server's picture, whose tips are also for fingers. */

import { h, newId } from "../html.js";
import { Report } from "./report.js";

const HINT = "In per cent, by office, weekday and hour. Point at a number, or touch it, to read what it means. " +
  "The table says the same when it is by weekday and hour.";

export class HeatMap extends Report {
  /** @param {import("./report.js").Around} around */
  constructor(around) {
    super("Hour by hour", around);
  }

  /** @override */
  get look() {
    return /** @type {const} */ ("is-picture");
  }

  /** @override */
  get address() {
    return `${location.origin}${this.file[0]}`;
  }

  /** @override @returns {[string, string]} */
  get file() {
    return [`/reports/utilisation.svg?${this.asked.query()}`, "Picture"];
  }

  /** @override @param {string} text */
  show(text) {
    const said = h("p", { class: "quiet tip", role: "status" }, HINT);
    const picture = document.importNode(
      new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    nameAnew(picture);
    picture.addEventListener("click", (event) => {
      const tip = /** @type {Element} */ (event.target).closest("g")?.querySelector("title");
      if (tip) said.textContent = tip.textContent;
    });
    return [said, h("div", { class: "scrolls", role: "region", tabindex: 0, "aria-label": this.title }, picture)];
  }
}

/** Its names are its own, and the page may have the same. @param {Element} picture */
function nameAnew(picture) {
  const named = (picture.getAttribute("aria-labelledby") ?? "").split(" ").map((old) => {
    const id = newId();
    picture.querySelector(`#${old}`)?.setAttribute("id", id);
    return id;
  });
  picture.setAttribute("aria-labelledby", named.join(" "));
}

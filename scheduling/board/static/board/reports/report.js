/** One report on the page: read, shown as a table or a picture, and what goes wrong told. */

import { Problem, Unreachable } from "../api.js";
import { isRefusal } from "../connection.js";
import { field, sayOf, select } from "../dialog.js";
import { h, newId } from "../html.js";
import { Latest } from "../latest.js";
import { daysWords } from "../wall.js";

/** @typedef {import("../html.js").Child} Child */
/** @typedef {import("./asked.js").Asked} Asked */
/** @typedef {import("../reference.js").Reference} Reference */
/** @typedef {{asked: Asked, reference: Reference, changed: (report: Report) => void}} Around
 *   what a report needs of the page; `changed` says that it is asked for something else */

const LONGEST = 30_000;
const FORBIDDEN = 403;

export class Report {
  /** @param {string} title @param {Around} around */
  constructor(title, { asked, reference, changed }) {
    this.title = title;
    this.asked = asked;
    this.reference = reference;
    this.changed = changed;
    this.latest = new Latest(LONGEST);
    this.isForbidden = false;
    const id = newId();
    this.ways = h("div", { class: "ways" });
    this.saved = h("a", { class: "button", target: "_blank", rel: "noopener" });
    this.body = h("div", { class: "told" }, h("p", { class: "quiet" }, "Being read…"));
    this.element = h("section", { class: `report-section ${this.look}`, "aria-labelledby": id },
      h("header", { class: "sheet-head" }, h("h2", { id }, title), h("div", { class: "ways" }, this.ways, this.saved)),
      this.body);
  }

  /** How it is laid out where there is room. @returns {"" | "is-beside" | "is-picture" | "is-wide"} */
  get look() {
    return "";
  }

  /** What is read, below `/api/v1/`. @returns {string} */
  get address() {
    throw new Error("Each report has its own.");
  }

  /** The same as a file: where it is, and what that is. @returns {[string, string]} */
  get file() {
    return [`/api/v1/${this.address}&format=csv`, "CSV"];
  }

  /** @param {string} _text the answer @returns {Child[]} */
  show(_text) {
    return [];
  }

  /** Whether it is another one for other weeks, or an office or a therapist. */
  get isOfSpan() {
    return true;
  }

  /** A choice that is kept in the address, by that name. @param {string} name
   *  @param {string} label @param {[string, string][]} choices @param {string} usual */
  choose(name, label, choices, usual) {
    const { asked } = this;
    const said = asked.said.get(name) ?? usual;
    const chosen = choices.some(([value]) => value === said) ? said : usual;
    const keep = (/** @type {string} */ value) => {
      if (value === usual) asked.choices.delete(name);
      else asked.choices.set(name, value);
    };
    keep(chosen);
    const control = select(choices, chosen, { onchange: () => {
      keep(control.value);
      this.changed(this);
    } });
    this.ways.append(field(label, control));
    return control;
  }

  /** What was counted, as a caption says it. @param {string} what */
  caption(what) {
    const { asked, reference } = this;
    const office = reference.office(asked.office)?.name ?? "all offices";
    const therapist = reference.therapist(asked.therapist)?.display_name;
    const who = asked.me ? "your own" : therapist ?? "all therapists";
    return `${what}: ${daysWords(asked.from, asked.to)}, ${office}, ${who}`;
  }

  /** @returns {Promise<Unreachable | Problem | undefined>} why it could not be read, if that
   *   may pass by itself */
  async read() {
    const [href, words] = this.file;
    this.saved.href = href;
    this.saved.replaceChildren(words, h("span", { class: "visually-hidden" }, `: ${this.title}`));
    this.element.setAttribute("aria-busy", "true");
    try {
      const text = await this.latest.read(this.address);
      if (text !== undefined) this.body.replaceChildren(...(/** @type {Node[]} */ (this.show(text).filter(Boolean))));
    } catch (failure) {
      if (!(failure instanceof Problem || failure instanceof Unreachable)) throw failure;
      return this.fail(failure);
    } finally {
      if (!this.latest.isReading) this.element.removeAttribute("aria-busy");
    }
    return undefined;
  }

  /** Nothing is shown of what is not read; what may not be seen is not there.
   *  @param {Problem | Unreachable} failure */
  fail(failure) {
    this.isForbidden = failure instanceof Problem && failure.status === FORBIDDEN;
    this.element.hidden = this.isForbidden;
    const told = isRefusal(failure)
      ? h("div", { class: "problem-box", role: "alert" }, sayOf(failure))
      : h("p", { class: "quiet" }, "Not read yet.");
    this.body.replaceChildren(told);
    return isRefusal(failure) ? undefined : failure;
  }
}

/** Dialogs: the browser's own, which keep the focus inside and close on Escape. */

import { Problem, Unreachable } from "./api.js";
import { h, icon, newId } from "./html.js";
import { NoSuchTime } from "./wall.js";

/** @typedef {import("./html.js").Child} Child */

export class Dialog {
  /** @param {string} title @param {{wide?: boolean, closed?: () => void}} [options] */
  constructor(title, { wide = false, closed } = {}) {
    const id = newId();
    this.title = h("h2", { id }, title);
    this.body = h("div", { class: "body" });
    this.problem = h("div", { class: "problem-box", role: "alert", hidden: true });
    this.footer = h("footer", { hidden: true });
    this.element = h("dialog", { "aria-labelledby": id, class: wide ? "wide" : "" },
      h("header", {},
        this.title,
        h("button", { type: "button", class: "plain square", "aria-label": "Close",
          onclick: () => this.close() }, icon("close")),
      ),
      this.problem, this.body, this.footer,
    );
    this.element.addEventListener("close", () => {
      this.element.remove();
      closed?.();
    });
    document.body.append(this.element);
  }

  open() {
    this.element.showModal();
    const first = this.body.querySelector("[autofocus]") ??
      this.body.querySelector("input:not(:disabled), select:not(:disabled), button:not(:disabled)");
    first?.focus();
    return this;
  }

  close() {
    this.element.close();
  }

  /** While what was begun here goes on. */
  get isBusy() {
    return this.element.hasAttribute("aria-busy");
  }

  get isOpen() {
    return this.element.open;
  }

  /** @param {...(Child | Child[])} children */
  fill(...children) {
    this.body.replaceChildren(...children.flat().filter(Boolean));
    return this;
  }

  /** @param {...Child} children */
  foot(...children) {
    const there = children.filter(Boolean);
    this.footer.hidden = there.length === 0;
    this.footer.replaceChildren(...(/** @type {Node[]} */ (there)));
    return this;
  }

  /** @param {...Child} children none to clear */
  complain(...children) {
    this.problem.hidden = children.length === 0;
    this.problem.replaceChildren(...(/** @type {Node[]} */ (children.filter(Boolean))));
    if (children.length > 0) this.problem.scrollIntoView({ block: "nearest" });
  }

  /**
   * Do something that takes a moment; its buttons wait, and what goes wrong is told here
   * unless `refused` does.
   *
   * @template T
   * @param {() => Promise<T>} act
   * @param {(problem: Problem) => boolean} [refused] whether it has told of the problem
   * @returns {Promise<T | undefined>}
   */
  async during(act, refused) {
    if (this.isBusy) return undefined;
    this.complain();
    this.element.setAttribute("aria-busy", "true");
    try {
      return await act();
    } catch (failure) {
      if (!(failure instanceof Problem && refused?.(failure))) this.complain(sayOf(failure));
      return undefined;
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }
}

/** A failure as a sentence; what nobody has foreseen goes on. @param {unknown} failure */
export function sayOf(failure) {
  if (failure instanceof Problem) {
    const told = failure.errors.map((/** @type {any} */ one) => `${labelOf(one.pointer)}${one.detail}`);
    return h("p", {}, told.length > 0 ? told.join(" ") : failure.message);
  }
  if (failure instanceof Unreachable || failure instanceof NoSuchTime) {
    return h("p", {}, failure.message);
  }
  throw failure;
}

/** "/first_name" becomes "First name: ". @param {string} pointer */
function labelOf(pointer) {
  const name = (pointer ?? "").split("/").filter((part) => /[a-z]/.test(part)).pop() ?? "";
  const words = name.replace("?", "").replaceAll("_", " ");
  return words ? `${words[0].toUpperCase()}${words.slice(1)}: ` : "";
}

/** A label above its control. @param {string} label @param {any} control @param {Child} [hint] */
export function field(label, control, hint) {
  control.id ||= newId();
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, hint);
}

/** A tick with its words beside it. @param {string} label @param {any} control */
export function tick(label, control) {
  return h("label", { class: "tick" }, control, label);
}

/** Whether the clients are told of a change; they are unless somebody says not to. */
export function tellTick() {
  const told = h("input", { type: "checkbox", checked: true });
  return { element: tick("Tell the client", told), get asked() { return { tell_client: told.checked }; } };
}

/**
 * A choice: `[["", "Anybody"], ["id", "Dr. X"]]`.
 *
 * @param {[string, string][]} choices @param {string} [chosen] @param {Record<string, any>} [attributes]
 */
export function select(choices, chosen, attributes = {}) {
  const options = choices.map(([value, words]) =>
    h("option", { value, selected: value === chosen }, words));
  return h("select", attributes, ...options);
}

/** Other choices in a select that is there. @param {any} control @param {[string, string][]} choices
 *  @param {string} [chosen] by default the first */
export function refill(control, choices, chosen) {
  control.replaceChildren(...choices.map(([value, words]) => h("option", { value }, words)));
  control.value = chosen ?? choices[0]?.[0] ?? "";
}

let count = 0;

/** Two or three choices side by side. @param {string} legend @param {[string, string][]} choices
 *  @param {string} chosen @param {(value: string) => void} [changed] */
export function radios(legend, choices, chosen, changed) {
  count += 1;
  const name = `choice-${count}`;
  const set = h("fieldset", { class: "radios" }, h("legend", {}, legend),
    ...choices.map(([value, words]) =>
      h("label", { class: "tick" },
        h("input", { type: "radio", name, value, checked: value === chosen,
          onchange: () => changed?.(value) }), words)));
  return { set, get value() { return set.querySelector("input:checked")?.value; } };
}

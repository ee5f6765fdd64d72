/** Questions of a form by the names that the API has for them, with what it says of each. */

import { Problem } from "./api.js";
import { field, tick } from "./dialog.js";
import { h, newId } from "./html.js";

/**
 * `control` is what a problem is told of: an input, or a fieldset of several.
 *
 * @typedef {{element: any, control: any, value: any}} Question
 */

const AT_FIELD = "at-field";

/** One control with a label above it. @param {string} label @param {any} control @returns {Question} */
export function ask(label, control) {
  return {
    element: field(label, control),
    control,
    get value() { return control.value.trim(); },
    set value(told) { control.value = told; },
  };
}

/** A number, or null while there is none. @param {string} label @param {any} control @returns {Question} */
export function askNumber(label, control) {
  return {
    element: field(label, control),
    control,
    get value() { return control.value === "" ? null : Number(control.value); },
    set value(told) { control.value = told ?? ""; },
  };
}

/** A day, or null while there is none. @param {string} label @param {any} control @returns {Question} */
export function askDay(label, control) {
  return {
    element: field(label, control),
    control,
    get value() { return control.value || null; },
    set value(told) { control.value = told ?? ""; },
  };
}

/** A yes or no. @param {string} label @param {boolean} chosen @returns {Question} */
export function askWhether(label, chosen) {
  const control = h("input", { type: "checkbox", checked: chosen });
  return {
    element: tick(label, control),
    control,
    get value() { return control.checked; },
    set value(told) { control.checked = told; },
  };
}

/** Any of several, in the order in which they are offered; what was chosen and is offered
 *  no more stays to be taken away. @param {string} legend
 *  @param {[string, string][]} choices @param {string[]} chosen @returns {Question} */
export function askWhich(legend, choices, chosen) {
  const known = new Set(choices.map(([value]) => value));
  const all = [...choices, ...chosen.filter((value) => !known.has(value))
    .map((value) => /** @type {[string, string]} */ ([value, value.replaceAll("-", " ")]))];
  const boxes = all.map(([value, words]) => ({ value, words,
    box: h("input", { type: "checkbox", checked: chosen.includes(value) }) }));
  const control = h("fieldset", { class: "which" }, h("legend", {}, legend),
    ...boxes.map(({ words, box }) => tick(words, box)));
  return {
    element: control,
    control,
    get value() { return boxes.filter(({ box }) => box.checked).map(({ value }) => value); },
    set value(told) { for (const { value, box } of boxes) box.checked = told.includes(value); },
  };
}

/** Whether two answers are the same. @param {any} one @param {any} other */
export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Say of each field what is wrong with it, there, and go to the first of them.
 *
 * @param {Problem} problem
 * @param {(pointer: string) => any} controlAt what a pointer is about, if it is here
 * @returns {string[]} what is about none of them that is shown
 */
export function tellAtFields(problem, controlAt) {
  const elsewhere = [];
  let first;
  for (const { pointer, detail } of problem.errors) {
    const control = controlAt(pointer ?? "");
    if (!control || control.getClientRects().length === 0) {
      elsewhere.push(detail);
      continue;
    }
    first ??= control;
    const told = h("p", { id: newId(), class: `problem ${AT_FIELD}` }, detail);
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", told.id);
    if (control.matches("fieldset")) control.append(told);
    else control.closest(".field, .tick").append(told);
  }
  focusOn(first);
  return elsewhere;
}

/** With its label in sight, once all that is told has its room. @param {any} control */
function focusOn(control) {
  const goal = control?.matches("fieldset") ? control.querySelector("input, select") ?? control : control;
  goal?.focus();
  requestAnimationFrame(() => goal?.closest(".field, fieldset").scrollIntoView({ block: "nearest" }));
}

/** Before it is tried again. @param {HTMLElement} form */
export function forgetTold(form) {
  for (const told of form.querySelectorAll(`.${AT_FIELD}`)) told.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}

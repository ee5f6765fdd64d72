/** Short notes at the edge of the page, such as what was just done, and how to undo it. */

import { byId, h } from "./html.js";

const SECONDS = 8;

/**
 * @param {string} words
 * @param {{undo?: () => void, action?: [string, () => void], isAlert?: boolean}} [options]
 */
export function note(words, { undo, action, isAlert = false } = {}) {
  const [label, act] = action ?? (undo ? ["Undo", undo] : ["", () => {}]);
  const element = h("div", { class: isAlert ? "note alert" : "note" },
    h("p", {}, words),
    label && h("button", { type: "button", onclick: () => { element.remove(); act(); } }, label),
    h("button", { type: "button", class: "plain square", "aria-label": "Dismiss",
      onclick: () => element.remove() }, "×"),
  );
  const notes = byId("notes");
  while (notes.children.length >= 3) notes.firstElementChild?.remove();
  notes.append(element);
  if (!isAlert) goesAfterAWhile(element);
}

/** Not while somebody points at it, or is in it. @param {HTMLElement} element */
function goesAfterAWhile(element) {
  const timer = setInterval(() => {
    if (element.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    element.remove();
  }, SECONDS * 1000);
}

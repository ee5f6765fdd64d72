/** The board without a mouse: arrows from card to card, and single keys for the rest. */

import { Dialog, tick } from "./dialog.js";
import { byId, h } from "./html.js";

/** @typedef {import("./board.js").Board} Board */

const REMEMBERED = "board-keys-off";

/** @type {[string, string, string][]} key, what it does, the button it stands for */
const KEYS = [
  ["f", "Find a slot", "find"],
  ["n", "New appointment", "new"],
  ["i", "The inbox", "inbox"],
  ["t", "Today", "today"],
  ["[", "The day or week before", "previous"],
  ["]", "The next day or week", "next"],
  ["g", "Go to a date", "date"],
  ["w", "The waitlist", "show-waitlist"],
  ["l", "The list of what is to do", "show-work"],
  ["?", "This help", "help"],
];
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** Of the keys those whose button the page has. */
const keysHere = () => KEYS.filter(([, , id]) => document.getElementById(id));

/** @param {Board} board @param {string} mouse what the mouse does */
export function listen(board, mouse) {
  document.addEventListener("keydown", (event) => shortcut(event));
  board.element.addEventListener("keydown", (event) => arrow(event, board));
  byId("help").addEventListener("click", () => openHelp(mouse));
}

/** @param {KeyboardEvent} event */
function shortcut(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isOff() || isTyping(event)) return;
  const known = keysHere().find(([key]) => key === event.key);
  if (known === undefined || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  const control = byId(known[2]);
  if (control instanceof HTMLInputElement) control.focus();
  else control.click();
}

/** @param {Event} event */
function isTyping({ target }) {
  return target instanceof Element && target.matches("input:not([type=checkbox]), select, textarea");
}

const isOff = () => localStorage.getItem(REMEMBERED) !== null;

/** @param {KeyboardEvent} event @param {Board} board */
function arrow(event, board) {
  const step = Reflect.get(ARROWS, event.key);
  const card = event.target instanceof Element ? event.target.closest(".ec-event") : null;
  if (step === undefined || card === null) return;
  event.preventDefault();
  const next = nearest(/** @type {HTMLElement} */ (card), board.cards(), step);
  if (next === undefined) return;
  for (const each of board.cards()) each.tabIndex = each === next ? 0 : -1;
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/**
 * The next card in a column, or the one closest in time in the next column that has any.
 *
 * @param {HTMLElement} from @param {HTMLElement[]} cards @param {number[]} step
 */
function nearest(from, cards, [across, down]) {
  const here = from.getBoundingClientRect();
  const far = cards
    .filter((card) => card !== from)
    .map((card) => ({ card, box: card.getBoundingClientRect() }))
    .map(({ card, box }) => ({ card, dx: box.left - here.left, dy: box.top - here.top }))
    .filter(({ dx, dy }) => (across === 0 ? Math.abs(dx) < here.width / 2 && dy * down > 0 : dx * across > here.width / 2));
  const weight = (/** @type {{dx: number, dy: number}} */ { dx, dy }) =>
    (across === 0 ? Math.abs(dy) : Math.abs(dx) * 1000 + Math.abs(dy));
  far.sort((one, other) => weight(one) - weight(other));
  return far[0]?.card;
}

/** @param {string} mouse */
function openHelp(mouse) {
  const off = h("input", { type: "checkbox", checked: isOff(), onchange: () => {
    if (off.checked) localStorage.setItem(REMEMBERED, "1");
    else localStorage.removeItem(REMEMBERED);
  } });
  const dialog = new Dialog("How to get around");
  dialog.fill(
    h("p", {}, mouse),
    h("h3", {}, "Keys"),
    h("dl", { class: "facts keys" },
      ...keysHere().flatMap(([key, words]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, words)]),
      h("dt", {}, h("kbd", {}, "↑ ↓ ← →")), h("dd", {}, "From card to card, once one has the focus"),
      h("dt", {}, h("kbd", {}, "Enter")), h("dd", {}, "Open the card; Move… there is dragging by keyboard"),
      h("dt", {}, h("kbd", {}, "Esc")), h("dd", {}, "Close what is open")),
    tick("Switch the single keys off", off),
  ).open();
}

/** Elements made in one expression; text is always text, never markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element: `h("p", {class: "quiet", onclick: go}, "Hello ", name)`.
 *
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on…` are listeners; true sets, false and
 *   null leave out; `value`, `checked` and `disabled` are properties.
 * @param {...(Child | Child[])} children
 * @returns {any} the element
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  const properties = new Set(["value", "checked", "disabled", "selected", "hidden"]);
  element.append(...children.flat().filter(isThere).map(asNode));
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (properties.has(name)) Reflect.set(element, name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  return element;
}

/** @param {Child} child */
function isThere(child) {
  return child !== null && child !== undefined && child !== false;
}

/** @param {any} child */
function asNode(child) {
  return child instanceof Node ? child : String(child);
}

/**
 * What a template of the page has under this id.
 *
 * @param {string} id
 * @returns {any} the element, of whatever kind the page says
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}.`);
  return element;
}

/** Let a button of the template do something, which it cannot before its script is there.
 *  @param {string} id @param {() => void} act */
export function enable(id, act) {
  const button = byId(id);
  button.addEventListener("click", act);
  button.disabled = false;
}

/** Say of buttons that are a choice which are chosen. @param {string} selector
 *  @param {(button: any) => boolean} isPressed */
export function press(selector, isPressed) {
  for (const button of document.querySelectorAll(selector)) {
    button.setAttribute("aria-pressed", String(isPressed(button)));
  }
}

let latest = 0;

/** An id that nothing else on the page has. */
export function newId() {
  latest += 1;
  return `made-${latest}`;
}

const SHAPES = {
  held: "M6 3h12M6 21h12M7 3c0 5 10 5 10 9s-10 4-10 9M17 3c0 5-10 5-10 9s10 4 10 9",
  scheduled: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18",
  confirmed: "M4 13l5 5L20 6",
  checked_in: "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8M4 21c0-5 4-7 8-7s8 2 8 7",
  completed: "M2 13l5 5L18 6M12 16l2 2L22 8",
  no_show: "M4 21c0-5 4-7 7-7M11 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8M16 14l6 6M22 14l-6 6",
  cancelled: "M5 5l14 14M19 5L5 19",
  video: "M3 6h12v12H3zM15 11l6-4v10l-6-4z",
  repeat: "M4 11a7 7 0 0 1 12-5l3 3M20 13a7 7 0 0 1-12 5l-3-3M19 4v5h-5M5 20v-5h5",
  previous: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  close: "M5 5l14 14M19 5L5 19",
  plus: "M12 5v14M5 12h14",
  list: "M4 6h2M4 12h2M4 18h2M10 6h10M10 12h10M10 18h10",
};

/**
 * A small drawing beside words that say the same.
 *
 * @param {keyof typeof SHAPES} name
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  drawing.append(path);
  return drawing;
}

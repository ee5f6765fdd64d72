/** Who it is for: clients found by a piece of the name or the end of the phone number,
 * or registered on the spot. */

import { get } from "./api.js";
import { h, icon, newId } from "./html.js";
import { NewClient } from "./new-client.js";
import { dateWords } from "./wall.js";

const PAUSE = 250;
const SHORTEST = 2;

/** @typedef {{id: string, display_name: string, born_on?: string, phone?: string}} Client */

export class ClientPicker {
  /** @param {Client[]} chosen @param {() => void} changed
   *  @param {{isForOne?: boolean}} [options] whether each choice replaces the one before */
  constructor(chosen, changed, { isForOne = false } = {}) {
    this.chosen = [...chosen];
    this.changed = changed;
    this.isForOne = isForOne;
    /** @type {Client[]} */
    this.found = [];
    this.active = -1;
    this.timer = 0;
    const id = newId();
    this.list = h("ul", { id: `${id}-list`, role: "listbox", "aria-label": "Clients found", class: "found", hidden: true });
    this.input = h("input", {
      id, type: "search", role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
      "aria-expanded": "false", "aria-controls": `${id}-list`,
      placeholder: "Name, or end of the phone",
      oninput: () => this.searchSoon(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    });
    this.told = h("p", { class: "quiet", role: "status" });
    this.chips = h("ul", { class: "chosen", "aria-label": "Clients chosen" });
    this.fresh = new NewClient((client) => this.add(client));
    this.element = h("div", { class: "field picker" },
      h("label", { for: id }, "Client"),
      this.chips,
      h("div", { class: "search" }, this.input,
        h("button", { type: "button", onclick: () => this.fresh.open(this.input.value) }, "New client")),
      this.list, this.told, this.fresh.element,
    );
    this.show();
  }

  get ids() {
    return this.chosen.map((client) => client.id);
  }

  /** What was found for another text is not to be chosen by mistake. */
  searchSoon() {
    this.offer([], "");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), PAUSE);
  }

  async search() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length < SHORTEST) return this.offer([], "");
    let page;
    try {
      page = await get(`clients/?limit=8&search=${encodeURIComponent(text)}`);
    } catch (failure) {
      return text === this.input.value.trim() && this.offer([], /** @type {Error} */ (failure).message);
    }
    if (text !== this.input.value.trim()) return undefined;
    const found = page.results.filter((/** @type {Client} */ one) => !this.ids.includes(one.id));
    const words = found.length === 0 ? "Nobody of that name or number." : "";
    return this.offer(found, page.next ? "There are more: type a little more." : words);
  }

  /** @param {Client[]} found @param {string} words */
  offer(found, words) {
    this.found = found;
    this.active = found.length > 0 ? 0 : -1;
    this.told.textContent = words;
    this.list.replaceChildren(...found.map((client, index) =>
      h("li", { id: `${this.list.id}-${index}`, role: "option", onclick: () => this.add(client) },
        h("strong", {}, client.display_name), " ",
        h("span", { class: "quiet" }, aboutWords(client)))));
    this.mark();
  }

  mark() {
    const isOpen = this.found.length > 0;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    for (const [index, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(index === this.active));
    }
    if (isOpen) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const count = this.found.length;
    if (event.key === "Enter") {
      event.preventDefault();
      if (count > 0) this.add(this.found[this.active]);
      else void this.search();
    } else if (event.key === "Escape" && count > 0) {
      event.preventDefault();
      this.offer([], "");
    } else if (count > 0 && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      this.active = (this.active + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.mark();
    }
  }

  /** @param {Client} client */
  add(client) {
    if (this.isForOne) this.chosen = [];
    if (!this.ids.includes(client.id)) this.chosen.push(client);
    this.input.value = "";
    this.offer([], "");
    this.show();
    this.input.focus();
    this.changed();
  }

  /** @param {Client} client */
  remove(client) {
    this.chosen = this.chosen.filter((each) => each.id !== client.id);
    this.show();
    this.input.focus();
    this.changed();
  }

  show() {
    this.chips.hidden = this.chosen.length === 0;
    this.chips.replaceChildren(...this.chosen.map((client) =>
      h("li", {}, client.display_name,
        h("button", { type: "button", class: "plain", "aria-label": `Without ${client.display_name}`,
          onclick: () => this.remove(client) }, icon("close")))));
  }
}

/** @param {Client} client */
export function aboutWords(client) {
  const phone = client.phone?.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
  return [client.born_on && `born ${dateWords(client.born_on)}`, phone].filter(Boolean).join(", ");
}

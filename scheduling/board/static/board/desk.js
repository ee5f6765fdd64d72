/** What the dialogs need of the page around them. */

/** @typedef {import("./reference.js").Reference} Reference */
/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./feed.js").Feed} Feed */

export class Desk {
  /** @param {Reference} reference @param {Place} place @param {Feed} feed */
  constructor(reference, place, feed) {
    this.reference = reference;
    this.place = place;
    this.feed = feed;
    /** @type {Board} set by main.js, since it is made with this */
    this.board = /** @type {any} */ (undefined);
    /** @type {{read: () => Promise<void>}} */
    this.work = { read: async () => {} };
    /** @type {(date: string) => void} */
    this.go = () => {};
    /** @type {(guarantee: string) => void} set by main.js, since its dialog leads back to matches */
    this.showGuarantee = () => {};
  }

  /** Whether everything may be decided here; else it is a therapist's own page. */
  get isFrontDesk() {
    return true;
  }

  /** Whether it is also decided here what the front desk may only ask for. */
  get isManager() {
    return document.body.dataset.manager !== undefined;
  }

  /** After a change: what everybody sees now. */
  async refresh() {
    await Promise.all([this.feed.read(), this.work.read()]);
  }

  /** Those who work here, and whoever an appointment already has.
   *  @param {{id: string, display_name: string}} [present] @returns {[string, string][]} */
  therapistChoices(present) {
    const active = this.reference.therapists.filter((one) => one.is_active);
    const known = present && !active.some((one) => one.id === present.id) ? [present] : [];
    return [...active, ...known]
      .map((one) => /** @type {[string, string]} */ ([one.id, one.display_name]))
      .sort((one, other) => one[1].localeCompare(other[1]));
  }

  /** @param {string} office @returns {[string, string][]} */
  roomChoices(office) {
    const rooms = this.reference.roomsOf(office);
    return [["", "Any that is free"],
      ...rooms.map((room) => /** @type {[string, string]} */ (
        [room.id, `${room.name} (for ${room.capacity})`]))];
  }

  /** @returns {[string, string][]} */
  officeChoices() {
    return this.reference.offices.map((one) => [one.slug, one.name]);
  }
}

/** How many wait for a free place that somebody is about to book. */

import { Problem, Unreachable, get } from "./api.js";
import { h } from "./html.js";
import { counted } from "./words.js";

/** @typedef {import("./when-and-where.js").WhenAndWhere} WhenAndWhere */

const MOST = 20;
const SHOWN = 3;

/**
 * A line below when and where, which follows what is chosen there.
 *
 * @param {WhenAndWhere} place
 */
export function waitersOf(place) {
  const told = h("p", { class: "waiters", role: "status", hidden: true });
  let asked = "";
  const look = async () => {
    await place.settled();
    const therapist = place.therapist.value;
    const free = place.free.get(therapist);
    const wanted = free && !place.isFrozen ? `${free.starts_at},${therapist}` : "";
    if (wanted === asked) return;
    asked = wanted;
    const page = wanted ? await waitingFor(wanted) : { results: [] };
    if (wanted !== asked) return;
    told.textContent = wordsOf(page);
    told.hidden = page.results.length === 0;
  };
  place.element.addEventListener("change", () => void look());
  void look();
  return told;
}

/** @param {string} hour */
async function waitingFor(hour) {
  try {
    return await get(`waitlist-entries/?state=waiting&limit=${MOST}&fits=${encodeURIComponent(hour)}`);
  } catch (failure) {
    // It is no more than a hint; what matters is told by what is done next.
    if (failure instanceof Problem || failure instanceof Unreachable) return { results: [] };
    throw failure;
  }
}

/** "2 wait for such an hour: Kim Sato, Robin Ray" @param {any} page */
function wordsOf({ results, next }) {
  const names = results.slice(0, SHOWN).map((/** @type {any} */ entry) => entry.client.display_name).join(", ");
  const more = next || results.length > SHOWN ? " and others" : "";
  return `${next ? "More than " : ""}${counted(results.length, "waits", "wait")} for such an hour: ${names}${more}`;
}

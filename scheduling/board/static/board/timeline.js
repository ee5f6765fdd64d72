/** What became of an appointment, and of each message about it. */

import { get } from "./api.js";
import { sayOf } from "./dialog.js";
import { h } from "./html.js";
import { dateWords, momentWords, timeWords, wallOf } from "./wall.js";
import { CHANNELS, MESSAGES, placeWords } from "./words.js";

/** @type {Record<string, string>} */
const EVENTS = {
  held: "Kept",
  released: "Let go of",
  booked: "Booked",
  moved: "Moved",
  room_changed: "Another room",
  confirmed: "Confirmed",
  checked_in: "Checked in",
  completed: "Done",
  no_show: "Nobody came",
  reopened: "Taken back",
  cancelled: "Cancelled",
  late_cancelled: "Cancelled late",
  cancelled_by_practice: "Cancelled by us",
  client_joined: "One more comes",
  client_left: "One does not come",
  client_attended: "Came",
  client_missed: "Did not come",
  client_expected: "Expected again",
  message_planned: "planned",
  message_replanned: "planned anew",
  message_put_off: "waits for quiet hours to end",
  message_tried: "tried in vain, will be again",
  message_sent: "sent",
  message_delivered: "delivered",
  message_failed: "failed",
  message_unknown: "may not have been sent",
  message_cancelled: "not called for any more",
  message_expired: "would have come too late",
  message_retried: "to be sent again",
  message_resolved: "decided about",
  answered_yes: "Will come, the client answers",
  answered_no: "Will not come, the client answers",
  asked_for_call: "Asks to be called",
  wrote: "Wrote back",
  reply_resolved: "The reply is dealt with",
};
const PLACING = new Set(["held", "booked", "moved", "room_changed"]);

/** A part of a dialog that is read when it is opened. @param {string} id the appointment's */
export function timelineOf(id) {
  const content = h("div", {}, h("p", { class: "quiet" }, "Looking…"));
  const read = async () => {
    if (!details.open) return;
    try {
      const told = await get(`appointments/${id}/timeline/`);
      content.replaceChildren(
        ...(told.is_whole ? [] : [h("p", { class: "quiet" }, "The oldest part is left out.")]),
        h("ol", { class: "timeline" }, ...told.entries.map(entryOf)));
    } catch (failure) {
      content.replaceChildren(sayOf(failure));
    }
  };
  const details = h("details", { ontoggle: read }, h("summary", {}, "What happened"), content);
  return details;
}

/** @param {any} entry */
function entryOf(entry) {
  const { message } = entry;
  const words = EVENTS[entry.event] ?? entry.event.replaceAll("_", " ");
  const what = message ? `${messageWords(message)} ${words}` : words;
  const by = entry.by?.display_name ?? (entry.via === "system" ? "" : `by ${entry.via.replaceAll("_", " ")}`);
  const wall = wallOf(entry.at);
  return h("li", {},
    h("time", { datetime: entry.at }, `${dateWords(wall)}, ${timeWords(wall)}`),
    h("span", {}, h("strong", {}, what), " ",
      [detailOf(entry), by].filter(Boolean).join("; ")));
}

/** "Reminder by text to Kim Sato" @param {any} message */
export function messageWords(message) {
  const to = message.recipient ? ` to ${message.recipient.display_name}` : "";
  const kind = MESSAGES[message.kind] ?? message.kind;
  return `${kind} by ${CHANNELS[message.channel] ?? message.channel}${to}`;
}

/** @param {any} entry */
function detailOf({ event, place, client, message, resolution }) {
  if (resolution) return resolution.note;
  if (message?.code) return message.code.replaceAll("_", " ");
  if (client) return client.display_name;
  if (!place || !PLACING.has(event)) return "";
  const where = `${momentWords(wallOf(place.starts_at))}, ${placeWords(place)}, ${place.therapist.display_name}`;
  return place.override_reason ? `${where}, against the rules: ${place.override_reason}` : where;
}

/** Finds an hour, keeps it, books it, and calls it off again, telling each step. */

import { randomUUID } from "node:crypto";

import { type Api, bodyOf, Refused, signIn } from "./api.js";
import type { Appointment, Client, Hold, Slot } from "./schema.js";

// Unless told otherwise, the practice that `make demo` shows.
const {
  PRACTICE_URL = "http://127.0.0.1:8000",
  PRACTICE_USER = "frontdesk",
  PRACTICE_PASSWORD = "demo-practice",
} = process.env;

async function main(): Promise<void> {
  const api = await signIn(PRACTICE_URL, PRACTICE_USER, PRACTICE_PASSWORD);
  const me = bodyOf(await api.GET("/api/v1/me/"));
  console.log(`Signed in as ${me.username} (${me.roles.join(", ")}).`);

  const client = await someClient(api);
  const [slot] = await search(api);
  if (slot === undefined) {
    throw new Error("Nothing is free.");
  }

  // Somebody keeps the first slot. Whoever wants it next is offered others.
  const theirs = await keep(api, slot);
  const ours = await keep(api, slot);
  const booked = await book(api, ours, client);
  await callOff(api, booked);
  await letGo(api, theirs);
}

async function someClient(api: Api): Promise<Client> {
  const page = bodyOf(await api.GET("/api/v1/clients/", { params: { query: { limit: 1 } } }));
  const [client] = page.results;
  if (client === undefined) {
    throw new Error("There is no client.");
  }
  return client;
}

async function search(api: Api): Promise<Slot[]> {
  const ofOne = { query: { format: ["individual" as const], is_active: true } };
  const kinds = bodyOf(await api.GET("/api/v1/session-types/", { params: ofOne }));
  const [kind] = kinds.results;
  if (kind === undefined) {
    throw new Error("There is no session type for one person.");
  }
  const query = { session_type: kind.slug, mode: ["in_person" as const], limit: 3 };
  const page = bodyOf(await api.GET("/api/v1/slots/", { params: { query } }));
  console.log(`Free for ${kind.name}:`);
  page.results.forEach((each) => console.log(`  ${inWords(each)}`));
  return page.results;
}

/** Keeps the slot or, if it is taken, the first of the slots that are offered instead. */
async function keep(api: Api, slot: Slot): Promise<Hold> {
  const { data, error } = await api.POST("/api/v1/holds/", {
    params: { header: { "Idempotency-Key": randomUUID() } },
    body: {
      therapist: slot.therapist.id,
      session_type: slot.session_type,
      office: slot.office?.slug ?? null,
      mode: slot.mode,
      starts_at: slot.starts_at,
    },
  });
  if (data !== undefined) {
    console.log(`Kept ${inWords(data)} until ${data.expires_at}.`);
    return data;
  }
  const [next] = error.alternatives ?? [];
  if (error.status !== 409 || next === undefined) {
    throw new Refused(error);
  }
  console.log(`Refused ${inWords(slot)}: ${error.code}. Offered instead:`);
  error.alternatives?.forEach((each) => console.log(`  ${inWords(each)}`));
  return keep(api, next);
}

/** Books what is kept, and asks once more as one does when the answer was lost. */
async function book(api: Api, hold: Hold, client: Client): Promise<Appointment> {
  const request = {
    params: { header: { "Idempotency-Key": randomUUID() } },
    body: { hold: hold.id, clients: [client.id] },
  };
  const booked = bodyOf(await api.POST("/api/v1/appointments/", request));
  console.log(`Booked ${inWords(booked)}: ${booked.status}.`);

  const again = await api.POST("/api/v1/appointments/", request);
  const isSame = bodyOf(again).id === booked.id;
  const isReplay = again.response.headers.get("Idempotent-Replayed") === "true";
  console.log(`Asked again with the same key: replayed ${isReplay}, the same ${isSame}.`);
  return booked;
}

async function callOff(api: Api, { id, version }: Appointment): Promise<void> {
  const answer = await api.POST("/api/v1/appointments/{id}/cancel/", {
    params: { path: { id }, header: { "If-Match": `"${version}"` } },
    body: { by: "practice", reason: "An example", tell_client: false },
  });
  console.log(`Called it off: ${bodyOf(answer).status}.`);
}

async function letGo(api: Api, { id }: Hold): Promise<void> {
  bodyOf(await api.DELETE("/api/v1/holds/{id}/", { params: { path: { id } } }));
  console.log("Let go of the first hold.");
}

/** When, with whom and where, in the time of the place. */
function inWords({ starts_at, timezone, therapist, office }: Slot | Appointment | Hold): string {
  const when = new Intl.DateTimeFormat("en-US", {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZone: timezone,
  }).format(new Date(starts_at));
  return `${when}, ${therapist.display_name}, ${office?.name ?? "by video"}`;
}

try {
  await main();
} catch (error) {
  const { message, cause } = error as Error;
  console.error(cause instanceof Error ? `${message} (${cause.message})` : message);
  process.exitCode = 1;
}

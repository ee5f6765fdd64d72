/** The practice's API, typed by its schema: sign in, and call it. */

import createClient, { type Client } from "openapi-fetch";

import type { paths, Problem } from "./schema.js";

export type Api = Client<paths>;

/** What went wrong, as the API tells it; `problem.code` is what to switch on. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }
}

/**
 * The API for whoever has this name and password, signed in as an app.
 *
 * Signing in is django-allauth's, so it is not in the schema: its answers are described here.
 */
export async function signIn(url: string, username: string, password: string): Promise<Api> {
  const response = await fetch(new URL("/_allauth/app/v1/auth/login", url), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  const answer = (await response.json()) as SignInAnswer;
  const token = answer.meta?.session_token;
  if (!response.ok || token === undefined) {
    throw new Error(`Not signed in: ${whyNot(answer)}`);
  }
  return createClient<paths>({ baseUrl: url, headers: { "X-Session-Token": token } });
}

interface SignInAnswer {
  meta?: { session_token?: string };
  errors?: { code: string; message: string }[];
  data?: { flows?: { id: string; is_pending?: boolean }[] };
}

function whyNot({ errors = [], data }: SignInAnswer): string {
  const pending = data?.flows?.find((flow) => flow.is_pending);
  return pending ? `${pending.id} comes next.` : errors.map((each) => each.message).join(" ");
}

/** The body of an answer that went well; otherwise throws what the API says is wrong. */
export function bodyOf<Body>(answer: { data?: Body; error?: Problem }): Body {
  if (answer.error !== undefined) {
    throw new Refused(answer.error);
  }
  return answer.data as Body; // undefined only where the schema says so, as for 204
}

import { AuthError, type LoginResult } from "@aiwfe/auth";
import { fail, redirect, type RequestEvent } from "@sveltejs/kit";
import { auth } from "$lib/server/auth";

type Step = (client: ReturnType<typeof auth.client>, form: (name: string) => string) => Promise<LoginResult>;

/** Both steps of a login end alike: on the way back, at the next step, or with what the server says of it. */
const step = (take: Step) => async (event: RequestEvent) => {
  auth.requireOwnOrigin(event);
  const data = await event.request.formData();
  const form = (name: string) => String(data.get(name) ?? "");
  let result: LoginResult;
  try {
    result = await take(auth.client(event), form);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return fail(error.status || 503, {
      email: form("email"),
      challengeToken: form("challenge_token"),
      detail: error.detail,
    });
  }
  if (result.kind === "signed_in") redirect(303, auth.safeNext(event.url));
  return { email: form("email"), challengeToken: result.challengeToken, detail: "" };
};

export const actions = {
  password: step((client, form) => client.login({ email: form("email"), password: form("password") })),
  code: step((client, form) =>
    client.answerChallenge({ challenge_token: form("challenge_token"), code: form("code") }),
  ),
};

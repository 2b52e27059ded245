import { AuthError } from "./errors.js";
import type { components } from "./openapi.js";

type Schemas = components["schemas"];
export type User = Schemas["User"];
export type LoginAnswer = Schemas["LoginAnswer"];
export type FactorMethod = "totp" | "webauthn" | "backup_code";

/** How a login went on: a switch on `kind` has all the cases. */
export type LoginResult =
  | { kind: "signed_in"; user: User; sessionId: string }
  /** A second factor is due: hand `challengeToken` to answerChallenge. */
  | { kind: "second_factor"; challengeToken: string; methods: FactorMethod[]; expiresIn: number }
  /** A second factor has to be set up first; the token is good for that alone. */
  | { kind: "enrollment"; challengeToken: string; methods: FactorMethod[]; expiresIn: number };

/** Sorts the answer of a login. One that is none of the cases is an error, never a success. */
export function resultOf(answer: LoginAnswer): LoginResult {
  const { user, session_id: sessionId, challenge_token: challengeToken, expires_in: expiresIn = 0 } = answer;
  const methods = (answer.methods ?? []) as FactorMethod[];
  if (challengeToken !== undefined) {
    return { kind: answer.enrollment_required ? "enrollment" : "second_factor", challengeToken, methods, expiresIn };
  }
  if (user && sessionId !== undefined && answer.access_token !== undefined) {
    return { kind: "signed_in", user, sessionId };
  }
  throw new AuthError("unexpected_answer", 200, "The answer to the sign-in is not one of those that are known.");
}

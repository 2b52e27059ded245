import type { AuthClient } from "../client.js";
import { AuthError } from "../errors.js";
import { assertionVerifier, AssertionError, type Claims } from "./assertion.js";
import { guards, safeNext } from "./guards.js";
import { clientFor, hasSession, isOwn } from "./relay.js";
import type { AuthLocals, EventLike, HandleInput, LocalSession, LocalUser, Thrower } from "./types.js";

export { AssertionError, assertionVerifier, type AssertionOptions, type Claims } from "./assertion.js";
export { safeNext } from "./guards.js";
export type { AuthLocals, EventLike, HandleInput, LocalSession, LocalUser, Thrower } from "./types.js";

export interface SvelteAuthOptions extends Thrower {
  /** Where the server is reached from here, such as http://127.0.0.1:8080. */
  authUrl: string | URL;
  /** Set where the application is behind our gateway: then its signed word counts, and nothing else. */
  gateway?: { audience: string; issuer?: string };
  /** The page of the login: of this application, or an address of the server. "/login" if left out. */
  login?: string;
  fetch?: typeof fetch;
  /** Is told why an assertion does not count. It is never told the assertion. */
  onRefused?: (reason: AssertionError) => void;
}

type Who = Pick<AuthLocals, "user" | "session">;
const nobody: Who = { user: null, session: null };

/** Makes `handle` and the guards for one application. */
export function createSvelteAuth(options: SvelteAuthOptions) {
  const { authUrl, gateway, fetch: given, login = "/login" } = options;
  const plain = given ?? fetch;
  const find = gateway
    ? byAssertion(assertionVerifier({ authUrl, fetch: plain, ...gateway }), options.onRefused)
    : (event: EventLike) => byCookie(event, clientFor(event, authUrl, plain));

  async function handle<E extends EventLike>({ event, resolve }: HandleInput<E>): Promise<Response> {
    const locals = event.locals as AuthLocals;
    Object.assign(locals, nobody, { authUnavailable: null });
    try {
      Object.assign(locals, await find(event));
    } catch (error) {
      // Whoever it is, it is not known: pages for everybody go on, guards refuse.
      locals.authUnavailable =
        error instanceof AuthError
          ? error
          : new AuthError("network_error", 0, "It could not be found out who is signed in.", { cause: error });
    }
    const answer = await resolve(event);
    if (locals.user && !answer.headers.has("Cache-Control")) {
      answer.headers.set("Cache-Control", "private, no-store"); // it may be about this person alone
    }
    return answer;
  }

  /** Throws 403 unless a page of this application sent the request: for actions and endpoints that change something. */
  function requireOwnOrigin(event: EventLike): void {
    if (!isOwn(event)) {
      options.error(403, "This was not sent by a page of this site.");
    }
  }

  /** The server, as the browser that asked: its answers set the browser's cookies. For form actions such as a login. */
  function client(event: EventLike): AuthClient {
    if (gateway) {
      throw new TypeError(
        "Behind the gateway the session's cookie never comes here; sign in and out at the gateway's own pages.",
      );
    }
    return clientFor(event, authUrl, plain);
  }

  return { handle, client, requireOwnOrigin, safeNext, ...guards(options, login) };
}

async function byCookie(event: EventLike, client: AuthClient): Promise<Who> {
  const status = hasSession(event) ? await client.status({ signal: event.request.signal }) : null;
  if (!status) {
    return nobody;
  }
  const { id, email, name, role } = status.user;
  const session: LocalSession = { id: status.session.id, method: status.session.method };
  return { user: { id, email, name, role, scopes: status.scopes }, session };
}

function byAssertion(verify: (text: string) => Promise<Claims>, refused?: (reason: AssertionError) => void) {
  return async (event: EventLike): Promise<Who> => {
    const text = event.request.headers.get("X-Auth-Assertion");
    if (!text) {
      return nobody;
    }
    try {
      const { sub: id, email, name, groups, scopes, sid, method } = await verify(text);
      const user: LocalUser = { id, email, name, role: groups[0] ?? "", scopes };
      return { user, session: { id: sid, method } };
    } catch (error) {
      if (!(error instanceof AssertionError)) {
        throw error; // the keys could not be had
      }
      refused?.(error);
      return nobody;
    }
  };
}

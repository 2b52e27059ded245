import { authFetchOf } from "./authfetch.js";
import type { AnswerOf, BodyOf, CallOptions, Method, PathOf } from "./call.js";
import { Engine } from "./engine.js";
import { AuthError } from "./errors.js";
import type { SessionEndListener } from "./events.js";
import type { ClientOptions } from "./options.js";
import { resultOf, type LoginAnswer, type LoginResult } from "./result.js";

interface Abort {
  signal?: AbortSignal | undefined;
}

/** The body of a POST. */
type In<P extends PathOf<"post">> = NonNullable<BodyOf<"post", P>>;

export type AuthClient = ReturnType<typeof createAuthClient>;

/** Makes a client. It does nothing by itself: no request, no timer. */
export function createAuthClient(options: ClientOptions = {}) {
  const engine = new Engine(options);

  /** What a stranger may do. */
  const post = <P extends PathOf<"post">>(path: P, body: In<P>, { signal }: Abort = {}) =>
    engine.call("post", path, { body, signal } as unknown as CallOptions<"post", P>, true);

  const signIn = async (answer: Promise<unknown>): Promise<LoginResult> => {
    const given = (await answer) as LoginAnswer;
    const result = resultOf(given);
    engine.begin(given);
    return result;
  };

  return {
    /** Any call of the OpenAPI document, typed by it. */
    call: <M extends Method, P extends PathOf<M>>(
      method: M,
      path: P,
      options: CallOptions<M, P> = {} as CallOptions<M, P>,
    ) => engine.call(method, path, options),
    authFetch: authFetchOf(engine),
    /** Tells once when the session is over: signed out, ended elsewhere, run out. Returns the way to stop listening. */
    onSessionEnded: (listener: SessionEndListener) => engine.presence.listen(listener),
    /** Lets go of the other tabs. */
    close: () => engine.access.close(),

    csrfToken: ({ signal }: Abort = {}) => engine.csrf.token(signal),
    login: (body: { email: string; password: string }, abort?: Abort) =>
      signIn(post("/api/v1/auth/jwt/login", body, abort)),
    answerChallenge: (body: In<"/api/v1/auth/2fa/challenge">, abort?: Abort) =>
      signIn(post("/api/v1/auth/2fa/challenge", body, abort)),
    /** Signs in by the answer of a passkey; `@aiwfe/auth/webauthn` asks the browser for one. */
    loginByPasskey: (body: In<"/api/v1/auth/2fa/webauthn/login/verify">, abort?: Abort) =>
      signIn(post("/api/v1/auth/2fa/webauthn/login/verify", body, abort)),
    /** Ends the session everywhere. An error means that the server could not be told: somebody is still signed in. */
    async logout(abort: Abort = {}): Promise<void> {
      try {
        await engine.call("post", "/api/v1/auth/jwt/logout", abort);
      } catch (error) {
        if (!(error instanceof AuthError && error.status === 401)) {
          throw error; // 401: it was over already
        }
      }
      engine.end("signed_out");
    },
    /** The next access token, for what authFetch does not do. One request, however many ask at a time. */
    async refresh({ signal }: Abort = {}): Promise<string> {
      return (await engine.access.replace(engine.access.current, signal)).token;
    },
    accessToken: ({ signal }: Abort = {}) => engine.access.token(signal),

    /** Who is signed in, or null. Anything else that goes wrong is an error: it does not mean that nobody is. */
    async status(abort: Abort = {}): Promise<AnswerOf<"get", "/api/v1/auth/status"> | null> {
      try {
        return await engine.call("get", "/api/v1/auth/status", abort);
      } catch (error) {
        if (error instanceof AuthError && error.status === 401) {
          return null;
        }
        throw error;
      }
    },
    me: (abort: Abort = {}) => engine.call("get", "/api/v1/users/me", abort),
    updateMe: (body: BodyOf<"patch", "/api/v1/users/me">, abort: Abort = {}) =>
      engine.call("patch", "/api/v1/users/me", { ...abort, body }),

    register: (body: In<"/api/v1/auth/register">, abort?: Abort) => post("/api/v1/auth/register", body, abort),
    requestVerification: (email: string, abort?: Abort) => post("/api/v1/auth/request-verify-token", { email }, abort),
    verify: (body: In<"/api/v1/auth/verify">, abort?: Abort) => post("/api/v1/auth/verify", body, abort),
    forgotPassword: (email: string, abort?: Abort) => post("/api/v1/auth/forgot-password", { email }, abort),
    resetPassword: (body: In<"/api/v1/auth/reset-password">, abort?: Abort) =>
      post("/api/v1/auth/reset-password", body, abort),
    changePassword: (body: In<"/api/v1/auth/password">, abort: Abort = {}) =>
      engine.call("post", "/api/v1/auth/password", { ...abort, body }),
    /** Proves again who is signed in, where a call was refused with `reauth_required`. */
    reauthenticate: (body: In<"/api/v1/auth/reauth">, abort: Abort = {}) =>
      engine.call("post", "/api/v1/auth/reauth", { ...abort, body }),

    sessions: {
      list: (abort: Abort = {}) => engine.call("get", "/api/v1/auth/sessions", abort),
      revoke: (id: string, abort: Abort = {}) =>
        engine.call("delete", "/api/v1/auth/sessions/{id}", { ...abort, params: { id } }),
      revokeOthers: (abort: Abort = {}) => engine.call("delete", "/api/v1/auth/sessions", abort),
    },
    /** Personal access tokens, for scripts. */
    tokens: {
      list: (abort: Abort = {}) => engine.call("get", "/api/v1/auth/tokens", abort),
      make: (body: In<"/api/v1/auth/tokens">, abort: Abort = {}) =>
        engine.call("post", "/api/v1/auth/tokens", { ...abort, body }),
      revoke: (id: string, abort: Abort = {}) =>
        engine.call("delete", "/api/v1/auth/tokens/{id}", { ...abort, params: { id } }),
    },
  };
}

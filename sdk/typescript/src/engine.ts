import { Access } from "./access.js";
import { fill, type AnswerOf, type CallOptions, type Method, type PathOf } from "./call.js";
import { Csrf } from "./csrf.js";
import { AuthError } from "./errors.js";
import { Presence } from "./events.js";
import { grantOf, type Grant } from "./grant.js";
import { isSafe, received, send, sendPatiently, type Outgoing } from "./http.js";
import { settingsOf, type ClientOptions, type Settings } from "./options.js";
import type { components } from "./openapi.js";

type Given = Partial<components["schemas"]["Tokens"]>;

/** The refusals that say that nobody is signed in any more, whatever is tried. */
const over = new Set<string>(["not_authenticated", "session_ended", "legacy_token_retired"]);

/** The calls that succeed only when somebody is signed in. */
const telling = new Set<string>(["/api/v1/auth/status", "/api/v1/users/me", "/api/v1/auth/sessions"]);

/** The options of any call, once its types have been checked. */
interface Loose {
  params?: Record<string, unknown>;
  query?: object;
  body?: unknown;
  signal?: AbortSignal;
}

/** Engine makes calls as whoever is signed in. */
export class Engine {
  readonly settings: Settings;
  readonly csrf: Csrf;
  readonly access: Access;
  readonly presence = new Presence();
  #refreshToken: string | undefined;

  constructor(private readonly options: ClientOptions) {
    this.settings = settingsOf(options);
    this.csrf = new Csrf(this.settings.transport);
    this.#refreshToken = options.refreshToken;
    this.access = new Access({
      renew: () => this.#renew(),
      tabs: this.settings.tabs,
      endedElsewhere: (reason) => {
        this.csrf.forget();
        this.presence.end({ reason, elsewhere: true });
      },
    });
  }

  /** A call of the API. `stranger` calls go out without a bearer token. */
  async call<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    options: CallOptions<M, P>,
    stranger = false,
  ): Promise<AnswerOf<M, P>> {
    const { params, query, body, signal } = options as Loose;
    const search = new URLSearchParams(Object.entries(query ?? {}).map(([k, v]) => [k, String(v)])).toString();
    const out: Outgoing = { method, path: fill(path, params) + (search && `?${search}`), body, signal };
    if (!this.settings.cookies && !stranger && this.#holds) {
      out.headers = { Authorization: `Bearer ${await this.access.token(signal)}` };
    }
    return this.#heard(path, received<AnswerOf<M, P>>(await this.#dispatch(out)), stranger);
  }

  /** Takes over what a login gave. */
  begin(given: Given): void {
    const grant = grantOf(given);
    if (!grant) {
      return;
    }
    this.#keep(given.refresh_token);
    this.access.take(grant);
    this.presence.begin();
  }

  /** Forgets whoever was signed in. */
  end(reason: string): void {
    this.csrf.forget();
    this.#keep(undefined);
    this.access.end(reason);
    this.presence.end({ reason, elsewhere: false });
  }

  /** Whether there is something to ask for a token with. */
  get #holds(): boolean {
    return this.#refreshToken !== undefined || this.presence.present;
  }

  // A browser proves by the token that a request was meant by its page. A program needs that for one call only.
  #dispatch(out: Outgoing): Promise<Response> {
    const proves = !isSafe(out.method) && (this.settings.cookies || out.path === "/api/v1/auth/jwt/login");
    return proves ? this.csrf.send(out) : sendPatiently(this.settings.transport, out);
  }

  async #heard<T>(path: string, answer: Promise<T>, stranger: boolean): Promise<T> {
    try {
      const value = await answer;
      if (telling.has(path)) {
        this.presence.begin();
      }
      return value;
    } catch (error) {
      if (!stranger && error instanceof AuthError && over.has(error.code)) {
        this.end(error.code);
      }
      throw error;
    }
  }

  #keep(token: string | undefined): void {
    if (this.settings.cookies || token === this.#refreshToken) {
      return;
    }
    this.#refreshToken = token;
    this.options.onRefreshToken?.(token);
  }

  async #renew(): Promise<Grant> {
    const out: Outgoing = { method: "post", path: "/api/v1/auth/jwt/refresh" };
    if (!this.settings.cookies) {
      out.body = { refresh_token: this.#refreshToken ?? "" };
    }
    try {
      const answer = this.settings.cookies ? await this.csrf.send(out) : await send(this.settings.transport, out);
      const given = await received<Given>(answer);
      const grant = grantOf(given);
      if (!grant) {
        throw new AuthError("unexpected_answer", 200, "The answer to a refresh has no token in it.");
      }
      this.#keep(given.refresh_token);
      this.presence.begin();
      return grant;
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) {
        this.end(error.code);
      }
      throw error;
    }
  }
}

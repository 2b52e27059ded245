import { errorOf } from "./errors.js";
import { received, send, type Outgoing, type Transport } from "./http.js";
import { orAborted } from "./wait.js";

const stale = new Set(["csrf_token_missing", "csrf_token_invalid", "csrf_token_expired"]);

/** Csrf keeps the token of this browser, or of this program, in memory. It is fetched when it is first needed. */
export class Csrf {
  #token: Promise<string> | undefined;

  constructor(private readonly transport: Transport) {}

  /** The token, for a form that is not sent by this client. */
  token(signal?: AbortSignal): Promise<string> {
    return orAborted(this.#current(), signal);
  }

  /** Drops a token that does not count, unless another one has taken its place. */
  forget(used?: Promise<string>): void {
    if (used === undefined || this.#token === used) {
      this.#token = undefined;
    }
  }

  /** Sends with the token, and exactly once more with a new one where that one did not count any more. */
  async send(out: Outgoing): Promise<Response> {
    const { answer, used } = await this.#sendOnce(out);
    if (answer.status !== 403 || !stale.has((await errorOf(answer.clone())).code)) {
      return answer;
    }
    this.forget(used);
    return (await this.#sendOnce(out)).answer;
  }

  async #sendOnce(out: Outgoing): Promise<{ answer: Response; used: Promise<string> }> {
    const used = this.#current();
    const headers = { ...out.headers, "X-CSRF-TOKEN": await orAborted(used, out.signal) };
    return { answer: await send(this.transport, { ...out, headers }), used };
  }

  #current(): Promise<string> {
    const asked = (this.#token ??= this.#fetch());
    // What failed is asked for again by the next one, but what came meanwhile stays.
    asked.catch(() => this.forget(asked));
    return asked;
  }

  async #fetch(): Promise<string> {
    const answer = await send(this.transport, { method: "get", path: "/api/v1/auth/csrf-token" });
    return (await received<{ csrf_token: string }>(answer)).csrf_token;
  }
}

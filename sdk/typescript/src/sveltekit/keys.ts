import { AuthError } from "../errors.js";
import { received, send, type Transport } from "../http.js";

interface JWK {
  kty: string;
  crv?: string;
  x?: string;
  kid?: string;
  use?: string;
}

/** How long keys count as new, how soon they may be asked for again, and how long they serve while nobody answers. */
const young = 300_000;
const pause = 10_000;
const served = 3_600_000;

/** Keys are the public keys of the gateway, fetched when an assertion names one that is not known. */
export class Keys {
  #keys = new Map<string, CryptoKey>();
  #fetched = -Infinity;
  #tried = -Infinity;
  #flight: Promise<void> | undefined;
  /** What came of the last request that failed, until one succeeds. */
  #trouble: unknown;

  constructor(
    private readonly transport: Transport,
    private readonly now: () => number,
  ) {}

  /** The key of a name, or undefined: an unknown one makes nobody ask more often than every ten seconds. */
  async find(kid: string): Promise<CryptoKey | undefined> {
    if (!this.#keys.has(kid) || this.#age() > young) {
      await this.#fetchOnce();
    }
    const key = this.#age() > served ? undefined : this.#keys.get(kid);
    if (key === undefined && this.#trouble !== undefined) {
      throw this.#trouble; // whether there is such a key is not known
    }
    return key;
  }

  #age(): number {
    return this.now() - this.#fetched;
  }

  #fetchOnce(): Promise<void> {
    if (this.#flight) {
      return this.#flight;
    }
    if (this.now() - this.#tried < pause) {
      return Promise.resolve();
    }
    this.#tried = this.now();
    return (this.#flight = this.#fetch()
      .catch((error: unknown) => {
        this.#trouble = error;
      })
      .finally(() => {
        this.#flight = undefined;
      }));
  }

  async #fetch(): Promise<void> {
    const answer = await send(this.transport, { method: "get", path: "/.well-known/jwks.json" });
    const { keys } = await received<{ keys?: JWK[] }>(answer);
    if (!Array.isArray(keys)) {
      throw new AuthError(
        "unexpected_answer",
        answer.status,
        "What answered at /.well-known/jwks.json is no set of keys.",
      );
    }
    const found = new Map<string, CryptoKey>();
    for (const { kty, crv, x, kid, use = "sig" } of keys) {
      if (kty === "OKP" && crv === "Ed25519" && x !== undefined && kid !== undefined && use === "sig") {
        found.set(kid, await crypto.subtle.importKey("jwk", { kty, crv, x }, "Ed25519", false, ["verify"]));
      }
    }
    this.#keys = found;
    this.#fetched = this.now();
    this.#trouble = undefined;
  }
}

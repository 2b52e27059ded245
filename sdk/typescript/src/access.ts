import { AuthError } from "./errors.js";
import { isFresh, type Grant } from "./grant.js";
import { Tabs } from "./tabs.js";
import { orAborted } from "./wait.js";

export interface AccessOptions {
  /** Asks the server for the next token. */
  renew: () => Promise<Grant>;
  /** The name that tabs of one server share; undefined where there are no tabs. */
  tabs: string | undefined;
  /** Another tab said that the session is over. */
  endedElsewhere: (reason: string) => void;
}

/** Access keeps the access token, and sees to it that it is refreshed once, however many ask for it. */
export class Access {
  #grant: Grant | undefined;
  #flight: Promise<Grant> | undefined;
  /** Counts sessions: an answer that was under way when one ended belongs to nobody. */
  #age = 0;
  readonly #tabs: Tabs | undefined;

  constructor(private readonly options: AccessOptions) {
    this.#tabs =
      options.tabs === undefined
        ? undefined
        : Tabs.open(options.tabs, {
            grant: (grant) => {
              this.#grant = grant;
            },
            ended: (reason) => {
              this.#drop();
              options.endedElsewhere(reason);
            },
          });
  }

  get current(): string | undefined {
    return this.#grant?.token;
  }

  /** A token that counts for a while yet. */
  async token(signal?: AbortSignal): Promise<string> {
    const held = this.#grant;
    return (held && isFresh(held) ? held : await this.replace(held?.token, signal)).token;
  }

  /** A token other than the one that did not count. Whoever comes while one is fetched gets the same. */
  async replace(used: string | undefined, signal?: AbortSignal): Promise<Grant> {
    if (this.#grant && this.#grant.token !== used && isFresh(this.#grant)) {
      return this.#grant;
    }
    this.#flight ??= this.#refresh(used).finally(() => {
      this.#flight = undefined;
    });
    return orAborted(this.#flight, signal);
  }

  /** Takes the token of a login. */
  take(grant: Grant): void {
    this.#age++;
    this.#grant = grant;
    this.#tabs?.tell(grant);
  }

  /** Forgets the token, and lets the other tabs forget theirs. */
  end(reason: string): void {
    this.#drop();
    this.#tabs?.tellEnded(reason);
  }

  close(): void {
    this.#tabs?.close();
  }

  #drop(): void {
    this.#age++;
    this.#grant = undefined;
  }

  #refresh(used: string | undefined): Promise<Grant> {
    return this.#tabs ? this.#tabs.alone(() => this.#inTurn(used)) : this.#renew();
  }

  /** In its turn a tab looks first whether the one before it has brought a token. */
  async #inTurn(used: string | undefined): Promise<{ grant: Grant; isNew: boolean }> {
    const brought = this.#grant;
    if (brought && brought.token !== used && isFresh(brought)) {
      return { grant: brought, isNew: false };
    }
    return { grant: await this.#renew(), isNew: true };
  }

  async #renew(): Promise<Grant> {
    const age = this.#age;
    const grant = await this.options.renew();
    if (age !== this.#age) {
      throw new AuthError("session_ended", 401, "The session ended meanwhile. Please sign in again.");
    }
    this.#grant = grant;
    return grant;
  }
}

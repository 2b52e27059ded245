// Tabs of one browser: one of them refreshes at a time, and tells the others.
import { asGrant, type Grant } from "./grant.js";
import { wait } from "./wait.js";

/** What tabs tell one another. A token is told over a BroadcastChannel, which stores nothing. */
type Message =
  | { kind: "grant"; grant: Grant; by: string }
  | { kind: "taken"; by: string; to: string }
  | { kind: "ended"; reason: string; by: string };

export interface Listener {
  grant(grant: Grant): void;
  ended(reason: string): void;
}

/** How long the tab that refreshed waits for a tab in its queue to say that it has the token: one may be asleep. */
const deafness = 2_000;

/** Tabs is the part of it that belongs to this tab. */
export class Tabs {
  readonly #me = crypto.randomUUID();
  readonly #channel: BroadcastChannel;
  #taken = new Set<string>();
  #heard: (() => void) | undefined;

  private constructor(
    private readonly name: string,
    private readonly locks: LockManager,
    private readonly listener: Listener,
  ) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = (event: MessageEvent<unknown>) => this.#receive(event.data as Partial<Message>);
  }

  /** Nothing where a browser lacks either of the two: then each tab refreshes for itself, which harms nobody. */
  static open(name: string, listener: Listener): Tabs | undefined {
    const locks = globalThis.navigator?.locks as LockManager | undefined;
    const able = locks && typeof BroadcastChannel === "function" && typeof crypto?.randomUUID === "function";
    return able ? new Tabs(name, locks, listener) : undefined;
  }

  /** Runs while no other tab does. The tabs that wait meanwhile have what it made before their turn comes. */
  async alone(make: () => Promise<{ grant: Grant; isNew: boolean }>): Promise<Grant> {
    return await this.locks.request(this.name, async () => {
      const { grant, isNew } = await make();
      if (isNew) {
        await this.#tellWaiting(grant);
      }
      return grant;
    });
  }

  tell(grant: Grant): void {
    this.#channel.postMessage({ kind: "grant", grant, by: this.#me } satisfies Message);
  }

  tellEnded(reason: string): void {
    this.#channel.postMessage({ kind: "ended", reason, by: this.#me } satisfies Message);
  }

  close(): void {
    this.#channel.close();
  }

  // A message may arrive after the lock was handed on. So the lock is kept until those who wait for it have answered.
  async #tellWaiting(grant: Grant): Promise<void> {
    this.#taken = new Set();
    const giveUp = new AbortController();
    const late = wait(deafness, giveUp.signal).catch(() => undefined);
    this.tell(grant);
    const { pending = [] } = await this.locks.query();
    const waiting = pending.filter((lock) => lock.name === this.name).length;
    const all = new Promise<void>((resolve) => {
      this.#heard = () => this.#taken.size >= waiting && resolve();
      this.#heard();
    });
    await Promise.race([all, late]);
    giveUp.abort();
    this.#heard = undefined;
  }

  #receive(message: Partial<Message>): void {
    if (message.kind === "grant") {
      const grant = asGrant(message.grant);
      if (grant && message.by !== undefined) {
        this.listener.grant(grant);
        this.#channel.postMessage({ kind: "taken", by: this.#me, to: message.by } satisfies Message);
      }
    } else if (message.kind === "taken" && message.to === this.#me && message.by !== undefined) {
      this.#taken.add(message.by);
      this.#heard?.();
    } else if (message.kind === "ended") {
      this.listener.ended(String(message.reason));
    }
  }
}

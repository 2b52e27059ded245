/** Why a session is over, and whether it was ended in this very client. */
export interface SessionEnd {
  /** "signed_out", or the code of the server's refusal, such as "session_ended". */
  reason: string;
  /** It was another tab that found out or signed out. */
  elsewhere: boolean;
}

export type SessionEndListener = (end: SessionEnd) => void;

/** Presence knows whether somebody is signed in, as far as was heard, and tells when that is over: once. */
export class Presence {
  #present = false;
  readonly #listeners = new Set<SessionEndListener>();

  get present(): boolean {
    return this.#present;
  }

  begin(): void {
    this.#present = true;
  }

  end(end: SessionEnd): void {
    if (!this.#present) {
      return;
    }
    this.#present = false;
    for (const listener of [...this.#listeners]) {
      listener(end);
    }
  }

  /** Returns the way to stop listening. */
  listen(listener: SessionEndListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

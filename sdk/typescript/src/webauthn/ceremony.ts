import { creationOptions, credentialJSON, requestOptions } from "./json.js";

/** The codes of what a browser says, or does not: a cancelled window and a time that ran out look alike, on purpose. */
export type PasskeyErrorCode = "unsupported" | "cancelled" | "wrong_site" | "known_already" | "failed";

/** PasskeyError is the browser's own refusal; the server's are AuthErrors. */
export class PasskeyError extends Error {
  override readonly name = "PasskeyError";

  constructor(
    readonly code: PasskeyErrorCode,
    cause?: unknown,
  ) {
    super(`The passkey could not be used: ${code}.`, { cause });
  }
}

const codes: Record<string, PasskeyErrorCode> = {
  NotAllowedError: "cancelled",
  SecurityError: "wrong_site",
  InvalidStateError: "known_already",
  NotSupportedError: "unsupported",
};

// A browser refuses a second ceremony while one runs, and the one of the autofill list runs all the time.
let running: AbortController | undefined;

/** Ends the ceremony that runs, such as that of the autofill list. */
export function stop(): void {
  running?.abort(new DOMException("Another ceremony began.", "AbortError"));
  running = undefined;
}

/** Runs one ceremony, which ends the one before. `ask` fetches the options of the server. */
export async function ceremony(
  kind: "create" | "get",
  ask: (signal: AbortSignal) => Promise<Record<string, unknown>>,
  mediation: "conditional" | undefined,
  outer: AbortSignal | undefined,
): Promise<Record<string, unknown>> {
  if (!isSupported()) {
    throw new PasskeyError("unsupported");
  }
  stop();
  const mine = (running = new AbortController());
  const follow = () => mine.abort(outer?.reason);
  outer?.addEventListener("abort", follow, { once: true });
  if (outer?.aborted) {
    follow();
  }
  try {
    const options = await ask(mine.signal);
    mine.signal.throwIfAborted();
    return credentialJSON(await prompt(kind, options, mediation, mine.signal));
  } finally {
    outer?.removeEventListener("abort", follow);
    if (running === mine) {
      running = undefined;
    }
  }
}

async function prompt(
  kind: "create" | "get",
  options: Record<string, unknown>,
  mediation: "conditional" | undefined,
  signal: AbortSignal,
): Promise<PublicKeyCredential> {
  const more = mediation ? { signal, mediation } : { signal };
  try {
    const made =
      kind === "create"
        ? await navigator.credentials.create({
            publicKey: creationOptions(options),
            ...more,
          } as CredentialCreationOptions)
        : await navigator.credentials.get({ publicKey: requestOptions(options), ...more });
    if (made) {
      return made as PublicKeyCredential;
    }
  } catch (error) {
    signal.throwIfAborted(); // whoever stopped it knows why
    throw new PasskeyError(codes[(error as Error).name] ?? "failed", error);
  }
  throw new PasskeyError("cancelled");
}

export function isSupported(): boolean {
  return (
    typeof PublicKeyCredential === "function" && typeof navigator === "object" && navigator.credentials !== undefined
  );
}

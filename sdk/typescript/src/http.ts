import { AuthError, errorOf } from "./errors.js";
import { wait } from "./wait.js";

/** How requests leave: what a client was made with. */
export interface Transport {
  base: URL;
  fetch: typeof fetch;
  credentials: RequestCredentials;
  /** The longest Retry-After, in seconds, that is waited for; a longer one is told to the caller. */
  patience: number;
}

/** One request, before the token of a browser or a bearer is added. */
export interface Outgoing {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** Sends a request once. No answer at all is an AuthError as well; being aborted stays what it is. */
export async function send(t: Transport, out: Outgoing): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...out.headers };
  const init: RequestInit = {
    method: out.method.toUpperCase(),
    headers,
    credentials: t.credentials,
    cache: "no-store",
    redirect: "error", // one would carry a password to where nobody meant it to go
  };
  if (out.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(out.body);
  }
  if (out.signal) {
    init.signal = out.signal;
  }
  try {
    return await t.fetch(new URL(out.path, t.base), init);
  } catch (cause) {
    if (out.signal?.aborted) {
      throw out.signal.reason;
    }
    throw new AuthError("network_error", 0, "The server did not answer. Please check the connection.", { cause });
  }
}

/**
 * Sends what changes nothing a second time, once, where the server asks to come back in a moment (429 and 503 with
 * Retry-After). What may change something is the caller's to send again.
 */
export async function sendPatiently(t: Transport, out: Outgoing): Promise<Response> {
  const answer = await send(t, out);
  if (!isSafe(out.method) || (answer.status !== 429 && answer.status !== 503)) {
    return answer;
  }
  const error = await errorOf(answer);
  if (error.retryAfter === undefined || error.retryAfter > t.patience) {
    throw error;
  }
  await wait(error.retryAfter * 1000, out.signal);
  return send(t, out);
}

/** Whether a method changes nothing, so that it needs no CSRF token. */
export function isSafe(method: string): boolean {
  return /^(get|head|options)$/i.test(method);
}

/** Reads the body of an answer, or throws the error it tells of. */
export async function received<T>(answer: Response): Promise<T> {
  if (!answer.ok) {
    throw await errorOf(answer);
  }
  if (answer.status === 204) {
    return undefined as T;
  }
  try {
    return (await answer.json()) as T;
  } catch (cause) {
    throw new AuthError("unexpected_answer", answer.status, "The answer is not the JSON that it says it is.", {
      cause,
    });
  }
}

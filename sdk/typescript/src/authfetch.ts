import { AuthError } from "./errors.js";
import type { Engine } from "./engine.js";

/**
 * A fetch that shows the access token to the services behind, and once more with a new one where it was answered 401.
 * The token goes to the origins that it is meant for and to no other, and no cookie goes with it unless asked.
 */
export function authFetchOf(engine: Engine): typeof fetch {
  const { transport, tokenOrigins } = engine.settings;
  return async (input, init) => {
    const address = input instanceof Request ? input.url : new URL(input, transport.base);
    const request = new Request(input instanceof Request ? input : address, { credentials: "omit", ...init });
    const { origin } = new URL(address);
    if (!tokenOrigins.has(origin)) {
      throw new TypeError(`authFetch does not show the access token to ${origin}; tokenOrigins can name it.`);
    }
    // A body can be read once, so the second request is put aside before the first one goes.
    const again = request.clone();
    const token = await engine.access.token(request.signal);
    const answer = await transport.fetch(withToken(request, token));
    if (answer.status !== 401) {
      return answer;
    }
    const next = await renewed(engine, token, request.signal);
    if (next === undefined) {
      return answer;
    }
    await answer.body?.cancel();
    return transport.fetch(withToken(again, next));
  };
}

async function renewed(engine: Engine, used: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await engine.access.replace(used, signal)).token;
  } catch (error) {
    if (error instanceof AuthError && error.status === 401) {
      return undefined; // the session is over, which onSessionEnded told
    }
    throw error;
  }
}

function withToken(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

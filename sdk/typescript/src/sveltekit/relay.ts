// A client of the server that acts for the browser which asked this application: with its cookies, in its name.
import { createAuthClient, type AuthClient } from "../client.js";
import { isSafe } from "../http.js";
import { parseSetCookie } from "./setcookie.js";
import type { EventLike } from "./types.js";

/** Our cookies, and no other: the application's own are none of the server's business. */
const ours = /^(__Host-|__Secure-)?aiwfe_(session|csrf|device|challenge|lang)$/;

/** The pairs of a Cookie header that are ours. Two of one name stay two: the server decides that neither counts. */
export function ourCookies(header: string | null): [string, string][] {
  return (header ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    return at > 0 && ours.test(name) ? [[name, pair.slice(at + 1).trim()]] : [];
  });
}

export function hasSession(event: EventLike): boolean {
  return ourCookies(event.request.headers.get("Cookie")).some(([name]) => name.endsWith("aiwfe_session"));
}

/**
 * Whether the page of this application made the browser send the request. Without the two headers it is not believed:
 * every browser of today sends one of them with a form.
 */
export function isOwn(event: EventLike): boolean {
  const { headers } = event.request;
  const site = headers.get("Sec-Fetch-Site");
  const origin = headers.get("Origin");
  if (site !== null && site !== "same-origin") {
    return false;
  }
  return origin === null ? site === "same-origin" : origin === event.url.origin;
}

/** Makes the client. What it sets as cookies goes to the browser with the answer to this request. */
export function clientFor(event: EventLike, authUrl: string | URL, plain: typeof fetch = fetch): AuthClient {
  let cookies = ourCookies(event.request.headers.get("Cookie"));

  const relayed: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    // The server cannot see which page asked; here it can be seen, so here it is checked.
    if (!isSafe(request.method) && !mayChange(event, new URL(request.url).pathname)) {
      throw new TypeError("A request that another site may have sent, or that only reads, does not change anything.");
    }
    const headers = new Headers(request.headers);
    headers.set("Origin", event.url.origin);
    headers.set("X-Forwarded-For", event.getClientAddress());
    headers.set("User-Agent", event.request.headers.get("User-Agent") ?? "");
    headers.set("Accept-Language", event.request.headers.get("Accept-Language") ?? "");
    headers.delete("Cookie");
    if (cookies.length > 0) {
      headers.set("Cookie", cookies.map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const answer = await plain(new Request(request, { headers }));
    for (const line of answer.headers.getSetCookie()) {
      const { name, value, options, gone } = parseSetCookie(line);
      if (ours.test(name)) {
        event.cookies.set(name, value, { ...options, encode: (plainly) => plainly });
        cookies = [
          ...cookies.filter(([other]) => other !== name),
          ...(gone ? [] : [[name, value] as [string, string]]),
        ];
      }
    }
    return answer;
  };
  return createAuthClient({ baseUrl: authUrl, fetch: relayed, mode: "cookie", credentials: "omit" });
}

/** With the cookie a refresh changes nothing, so that a page that is only read may ask for an access token. */
function mayChange(event: EventLike, path: string): boolean {
  return path.endsWith("/jwt/refresh") || (!isSafe(event.request.method) && isOwn(event));
}

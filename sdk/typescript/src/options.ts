import type { Transport } from "./http.js";

export interface ClientOptions {
  /** Where the server is, such as https://auth.example.com. In a browser, the page's own origin if left out. */
  baseUrl?: string | URL;
  fetch?: typeof fetch;
  /** As for fetch. In a browser cookies go to baseUrl ("include") unless this says otherwise. */
  credentials?: RequestCredentials;
  /**
   * Where the session lives. "cookie", for browsers: in the HttpOnly cookie of the server, which no script can read.
   * "token", for programs: in a refresh token that this client holds in memory. By itself: "cookie" where there is a
   * document, else "token".
   */
  mode?: "cookie" | "token";
  /** Mode "token": a refresh token from before, and who keeps each new one. A refresh token is good once. */
  refreshToken?: string;
  onRefreshToken?: (token: string | undefined) => void;
  /** Origins beside baseUrl's own that authFetch may show the access token to. */
  tokenOrigins?: readonly string[];
  /** The longest Retry-After, in seconds, that a call which changes nothing waits for. 5 if left out. */
  patience?: number;
}

/** What the options come to. */
export interface Settings {
  transport: Transport;
  cookies: boolean;
  tabs: string | undefined;
  tokenOrigins: ReadonlySet<string>;
}

export function settingsOf(o: ClientOptions): Settings {
  const inBrowser = typeof document !== "undefined";
  const page = inBrowser ? location.origin : undefined;
  const base = baseOf(o.baseUrl, page);
  const cookies = (o.mode ?? (inBrowser ? "cookie" : "token")) === "cookie";
  const plain = o.fetch ?? globalThis.fetch;
  return {
    cookies,
    transport: {
      base,
      fetch: (input, init) => plain(input, init), // a browser's fetch must not be called as a method
      credentials: cookies ? (o.credentials ?? "include") : "omit",
      patience: o.patience ?? 5,
    },
    // A program has no tabs, and its refresh token is its own.
    tabs: cookies && inBrowser ? `aiwfe-auth ${base.origin}` : undefined,
    tokenOrigins: new Set([base.origin, ...(o.tokenOrigins ?? []).map((origin) => new URL(origin).origin)]),
  };
}

function baseOf(given: string | URL | undefined, page: string | undefined): URL {
  const text = given ?? page;
  if (text === undefined) {
    throw new TypeError("createAuthClient needs baseUrl outside of browsers, such as https://auth.example.com.");
  }
  const base = new URL(text, page);
  if ((base.protocol !== "https:" && base.protocol !== "http:") || base.username !== "") {
    throw new TypeError("baseUrl is an address with http or https and without a password in it.");
  }
  return base;
}

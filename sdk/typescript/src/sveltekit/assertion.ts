// X-Auth-Assertion: the gateway's signed word for who it is (JWT, EdDSA), good for one application and a minute.
import { settingsOf } from "../options.js";
import { bytesOf } from "../webauthn/json.js";
import { Keys } from "./keys.js";

export interface AssertionOptions {
  /** Where the server is reached from here. */
  authUrl: string | URL;
  /** The host of this application, as the gateway knows it. It is never read from a request. */
  audience: string;
  /** PUBLIC_URL of the server; authUrl if left out. */
  issuer?: string;
  fetch?: typeof fetch;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** What the gateway says of somebody. */
export interface Claims {
  iss: string;
  aud: string;
  sub: string;
  email: string;
  name: string;
  groups: string[];
  scopes: string[];
  sid: string;
  method: string;
  auth_time?: number;
  iat: number;
  exp: number;
}

/** AssertionError says why a word does not count. It is for logs, not for people. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** How far two clocks may be apart, and how long a word may ever count, in seconds. */
const leeway = 5;
const longest = 300;

/** Makes the check of assertions. Keys are fetched when they are first needed. */
export function assertionVerifier(options: AssertionOptions): (text: string) => Promise<Claims> {
  const { transport } = settingsOf({
    baseUrl: options.authUrl,
    mode: "token",
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  const now = options.now ?? Date.now;
  const keys = new Keys(transport, now);
  const issuer = options.issuer ?? String(options.authUrl).replace(/\/$/, "");
  if (!options.audience) {
    throw new TypeError("assertionVerifier needs audience, the host of this application.");
  }

  return async (text) => {
    const parts = text.length < 8192 ? text.split(".") : [];
    need(parts.length === 3, "it is no JWT");
    const [head, body, signature] = parts as [string, string, string];
    const header = parse<{ alg?: unknown; typ?: unknown; kid?: unknown; crit?: unknown }>(head);
    need(header.alg === "EdDSA", "its algorithm is not EdDSA");
    need(header.typ === "aiwfe-assertion+jwt", "it is a token of another kind");
    need(header.crit === undefined, "it demands what is not known here");
    need(typeof header.kid === "string", "it names no key");
    const key = await keys.find(header.kid as string);
    need(key !== undefined, "its key is not one of the server's");
    const signed = new TextEncoder().encode(`${head}.${body}`);
    need(await crypto.subtle.verify("Ed25519", key!, decode(signature), signed), "its signature is not right");
    const claims = parse<Claims>(body);
    const at = now() / 1000;
    need(claims.iss === issuer, "another server made it");
    need(claims.aud === options.audience, "it is for another application");
    need(typeof claims.exp === "number" && at < claims.exp + leeway, "it has run out");
    need(typeof claims.iat === "number" && claims.iat <= at + leeway, "it is from the future");
    need(claims.exp - claims.iat <= longest, "it would count for too long");
    need(typeof claims.sub === "string" && claims.sub !== "" && typeof claims.sid === "string", "it is about nobody");
    return claims;
  };
}

function need(holds: boolean, otherwise: string): void {
  if (!holds) {
    throw new AssertionError(`The assertion does not count: ${otherwise}.`);
  }
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  try {
    return bytesOf(text);
  } catch {
    throw new AssertionError("The assertion does not count: it is not base64url.");
  }
}

function parse<T>(text: string): Partial<T> & T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decode(text)));
  } catch {
    value = undefined;
  }
  need(value !== null && typeof value === "object" && !Array.isArray(value), "it is not JSON");
  return value as T;
}

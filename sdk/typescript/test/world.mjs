// What the tests share: the server under test, people on it, and a fetch that notes what passes.
import { randomUUID } from "node:crypto";
import { createAuthClient } from "../dist/index.js";

export const password = "plums in the icebox, so cold";

/** The address of a server that the tests were started for. */
export function address(name = "AIWFE_AUTH_URL") {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; go test ./test/sdk sets it.`);
  return value;
}

/** A fetch that keeps cookies as a browser does, and says where it comes from. */
export function browserFetch(base = address()) {
  const jar = new Map();
  return async (input, init) => {
    const request = new Request(input, init);
    if (!request.headers.has("Origin")) request.headers.set("Origin", new URL(base).origin);
    if (jar.size > 0 && request.credentials !== "omit") {
      request.headers.set("Cookie", [...jar].map(([k, v]) => `${k}=${v}`).join("; "));
    }
    const answer = await fetch(request);
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0|max-age=-/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  };
}

/** A fetch that notes each request as "METHOD path", and lets `change` touch it, or answer itself. */
export function noted(inner = fetch, change = () => {}) {
  const seen = [];
  const through = async (input, init) => {
    const request = new Request(input, init);
    const what = `${request.method} ${new URL(request.url).pathname}`;
    seen.push(what);
    const nth = seen.filter((s) => s === what).length;
    return (await change(request, what, nth)) ?? inner(request);
  };
  return { fetch: through, seen, count: (what) => seen.filter((s) => s === what).length };
}

/** The address of somebody new. */
export async function person(base = address()) {
  const email = `${randomUUID()}@example.com`;
  await createAuthClient({ baseUrl: base }).register({ email, password });
  return email;
}

/** A program, or a browser, in which somebody new is signed in. */
export async function signedIn({ change, browser = false, base = address(), ...options } = {}) {
  const email = await person(base);
  const wire = noted(browser ? browserFetch(base) : fetch, change);
  const client = createAuthClient({ baseUrl: base, fetch: wire.fetch, mode: browser ? "cookie" : "token", ...options });
  const result = await client.login({ email, password });
  return { client, wire, email, result };
}

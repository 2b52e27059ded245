import assert from "node:assert/strict";
import { test } from "node:test";
import { createSvelteAuth, safeNext } from "../dist/sveltekit/index.js";
import { event, form, throws } from "./event.mjs";
import { address, noted, password, person } from "./world.mjs";

const base = address();
const resolve = (e) => new Response(JSON.stringify(e.locals));
const auth = (more = {}) => createSvelteAuth({ authUrl: base, ...throws, ...more });

/** A browser in which somebody signed in by a form action of the application. */
async function visitor() {
  const email = await person();
  const jar = new Map();
  const result = await auth()
    .client(event("/login", { ...form(base), jar }))
    .login({ email, password });
  assert.equal(result.kind, "signed_in");
  return { email, jar };
}

test("who signed in by a form action is in locals, and no cache keeps the page", async () => {
  const { email, jar } = await visitor();
  assert.ok([...jar.keys()].some((name) => name.endsWith("aiwfe_session")));
  const e = event("/", { jar });
  const answer = await auth().handle({ event: e, resolve });
  assert.equal(e.locals.user.email, email);
  assert.equal(e.locals.user.role, "user");
  assert.equal(e.locals.session.method, "password");
  assert.equal(answer.headers.get("Cache-Control"), "private, no-store");
  assert.equal(auth().requireUser(e), e.locals.user);
  assert.throws(() => auth().requireRole(e, "admin"), { status: 403 });
});

test("who signs out is nobody", async () => {
  const { jar } = await visitor();
  await auth()
    .client(event("/logout", { ...form(base), jar }))
    .logout();
  assert.ok(![...jar.keys()].some((name) => name.endsWith("aiwfe_session")));
});

test("a page asks for an access token in the browser's name", async () => {
  const { email, jar } = await visitor();
  const client = auth().client(event("/", { jar, origin: base }));
  const answer = await client.authFetch(`${base}/api/v1/users/me`);
  assert.equal((await answer.json()).email, email);
});

test("a stranger costs no request, and is led to the login and back", async () => {
  const wire = noted();
  const app = auth({ fetch: wire.fetch });
  const e = event("/notes?page=2", { jar: new Map([["theme", "dark"]]) });
  const answer = await app.handle({ event: e, resolve });
  assert.deepEqual(await answer.json(), { user: null, session: null, authUnavailable: null });
  assert.equal(answer.headers.get("Cache-Control"), null);
  assert.deepEqual(wire.seen, []);
  assert.throws(() => app.requireUser(e), { status: 303, where: "/login?next=%2Fnotes%3Fpage%3D2" });
  assert.throws(() => auth({ login: "https://auth.example.com/login" }).requireUser(e), {
    where: "https://auth.example.com/login?next=http%3A%2F%2Flocalhost%3A3000%2Fnotes%3Fpage%3D2",
  });
  const script = event("/api/notes", { headers: { Accept: "application/json" } });
  script.locals.user = null;
  assert.throws(() => app.requireUser(script), { status: 401 });
});

test("an assertion of a stranger counts for nothing where there is no gateway", async () => {
  const e = event("/", { headers: { "X-Auth-Assertion": "a.b.c", "Remote-User": "1" } });
  await auth().handle({ event: e, resolve });
  assert.equal(e.locals.user, null);
});

test("a server that is away: pages go on, guards answer 503 and lead nowhere", async () => {
  const { jar } = await visitor();
  const app = auth({ fetch: () => Promise.reject(new TypeError("fetch failed")) });
  const e = event("/", { jar });
  assert.equal((await app.handle({ event: e, resolve })).status, 200);
  assert.equal(e.locals.authUnavailable.code, "network_error");
  assert.throws(() => app.requireUser(e), { status: 503 });
});

test("the server is shown our cookies alone", async () => {
  const { jar } = await visitor();
  let sent;
  const app = auth({
    fetch: (request) => {
      sent = request.headers.get("Cookie");
      return fetch(request);
    },
  });
  await app.handle({ event: event("/", { jar: new Map([["app_secret", "1"], ...jar]) }), resolve });
  assert.ok(sent.includes("aiwfe_session=") && !sent.includes("app_secret"), sent);
});

test("nothing is changed in a browser's name for another site, nor by a page that is only read", async () => {
  const { email, jar } = await visitor();
  for (const [what, headers, method] of [
    ["another site", { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }, "POST"],
    ["another site, an old browser", { Origin: "https://evil.example" }, "POST"],
    ["a sibling", { "Sec-Fetch-Site": "same-site" }, "POST"],
    ["a mixed story", { Origin: base, "Sec-Fetch-Site": "cross-site" }, "POST"],
    ["nothing at all", {}, "POST"],
    ["an opaque origin", { Origin: "null" }, "POST"],
    ["a page", { Origin: base, "Sec-Fetch-Site": "same-origin" }, "GET"],
  ]) {
    const e = event("/logout", { method, headers, jar, origin: base });
    await assert.rejects(auth().client(e).logout(), undefined, what);
    if (method === "POST") assert.throws(() => auth().requireOwnOrigin(e), { status: 403 }, what);
  }
  auth().requireOwnOrigin(event("/logout", form(base)));
  const e = event("/", { jar });
  await auth().handle({ event: e, resolve });
  assert.equal(e.locals.user.email, email);
});

test("the way back after a login is a place of this site", () => {
  for (const [next, want] of [
    ["/notes?page=2#top", "/notes?page=2#top"],
    ["/", "/"],
    ["", "/home"],
    ["notes", "/home"],
    ["//evil.example", "/home"],
    ["/\\evil.example", "/home"],
    ["https://evil.example/", "/home"],
    ["/.//evil.example", "/home"],
    ["/a/..//evil.example", "/home"],
    ["/\t/evil.example", "/home"],
    ["javascript:alert(1)", "/home"],
    ["/%2f/evil.example", "/%2f/evil.example"],
  ]) {
    const url = new URL("http://localhost:3000/login");
    url.searchParams.set("next", next);
    assert.equal(safeNext(url, "/home"), want, next);
  }
});

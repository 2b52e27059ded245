import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthClient } from "../dist/index.js";
import { address, browserFetch, noted, password, person, signedIn } from "./world.mjs";

const csrf = "GET /api/v1/auth/csrf-token";
const login = "POST /api/v1/auth/jwt/login";

/** A browser, the first `times` tokens of which are spoiled on their way to the login. */
async function browser(spoil, times) {
  const email = await person();
  const wire = noted(browserFetch(), (request, what, nth) => {
    if (what === login && nth <= times) spoil(request.headers);
  });
  return {
    wire,
    signIn: () =>
      createAuthClient({ baseUrl: address(), fetch: wire.fetch, mode: "cookie" }).login({ email, password }),
  };
}

const spoilt = {
  csrf_token_missing: (headers) => headers.delete("X-CSRF-TOKEN"),
  csrf_token_invalid: (headers) => headers.set("X-CSRF-TOKEN", "A".repeat(80)),
};

for (const [code, spoil] of Object.entries(spoilt)) {
  test(`${code}: a new token is fetched, and the call sent once more`, async () => {
    const { wire, signIn } = await browser(spoil, 1);
    assert.equal((await signIn()).kind, "signed_in");
    assert.deepEqual(wire.seen, [csrf, login, csrf, login]);
  });

  test(`${code}, again: that is the answer`, async () => {
    const { wire, signIn } = await browser(spoil, Infinity);
    await assert.rejects(signIn(), { code, status: 403 });
    assert.deepEqual(wire.seen, [csrf, login, csrf, login]);
  });
}

test("csrf_token_expired: a new token is fetched, and the call sent once more", async () => {
  const base = address("AIWFE_AUTH_BRIEF_URL"); // where a token lives for a second
  const email = await person(base);
  const wire = noted(browserFetch(base));
  const client = createAuthClient({ baseUrl: base, fetch: wire.fetch, mode: "cookie" });
  const token = await client.csrfToken();
  const ask = () =>
    wire.fetch(`${base}/api/v1/auth/jwt/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-TOKEN": token },
      body: "{}",
    });
  while ((await (await ask()).json()).code !== "csrf_token_expired") {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  wire.seen.length = 0;
  assert.equal((await client.login({ email, password })).kind, "signed_in");
  assert.deepEqual(wire.seen, [login, csrf, login]);
});

test("the token is fetched once, however many ask", async () => {
  const { client, wire } = await signedIn({ browser: true });
  await Promise.all(Array.from({ length: 5 }, () => client.updateMe({ name: "Ada" })));
  assert.equal(wire.count(csrf), 1);
});

test("a refusal that is not of the token is not sent again", async () => {
  const { wire, signIn } = await browser((headers) => headers.set("Origin", "https://evil.example"), Infinity);
  await assert.rejects(signIn(), { code: "origin_not_allowed", status: 403 });
  assert.deepEqual(wire.seen, [csrf, login]);
});

test("a program shows a token at login, and needs none afterwards", async () => {
  const { client, wire } = await signedIn();
  await client.updateMe({ name: "Ada" });
  assert.equal(wire.count(csrf), 1);
});

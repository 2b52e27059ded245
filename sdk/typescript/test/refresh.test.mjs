import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthClient } from "../dist/index.js";
import { address, signedIn } from "./world.mjs";

const me = "GET /api/v1/users/me";
const refresh = "POST /api/v1/auth/jwt/refresh";
const url = () => `${address()}/api/v1/users/me`;

/** Spoils the token of the first `times` requests, as if it had run out meanwhile. */
const runOut = (times) => (request, what, nth) => {
  if (what === me && nth <= times) request.headers.set("Authorization", "Bearer run.out.already");
};

for (const browser of [false, true]) {
  const who = browser ? "a browser" : "a program";

  test(`${who}: 20 calls at a time whose token ran out, and one refresh`, async () => {
    const { client, wire, email } = await signedIn({ browser, change: runOut(20) });
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.authFetch(url())));
    assert.deepEqual(
      answers.map((a) => a.status),
      Array(20).fill(200),
    );
    assert.equal((await answers[19].json()).email, email);
    assert.equal(wire.count(refresh), 1);
    assert.equal(wire.count(me), 40);
  });

  test(`${who}: 20 that ask for a token at a time, and one refresh`, async () => {
    const { client, wire } = await signedIn({ browser });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => client.refresh()));
    assert.equal(new Set(tokens).size, 1);
    assert.equal(wire.count(refresh), 1);
    assert.equal(await client.accessToken(), tokens[0]);
    assert.notEqual(await client.refresh(), "");
    assert.equal(wire.count(refresh), 2);
  });
}

test("a token that does not count after the refresh either is answered 401, and no more is tried", async () => {
  const { client, wire } = await signedIn({ change: runOut(Infinity) });
  assert.equal((await client.authFetch(url())).status, 401);
  assert.equal(wire.count(me), 2);
  assert.equal(wire.count(refresh), 1);
});

test("a body is sent again as it was", async () => {
  const spoil = (request, what, nth) => {
    if (what.startsWith("PATCH") && nth === 1) request.headers.set("Authorization", "Bearer run.out.already");
  };
  const { client } = await signedIn({ change: spoil });
  const answer = await client.authFetch(url(), {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Ada" }),
  });
  assert.equal((await answer.json()).name, "Ada");
});

test("a session that was ended elsewhere: 401, told once, and nothing is sent for nobody", async () => {
  const { client, wire, email, result } = await signedIn();
  const other = createAuthClient({ baseUrl: address() });
  await other.login({ email, password: "plums in the icebox, so cold" });
  const ends = [];
  const stop = client.onSessionEnded((end) => ends.push(end));
  client.onSessionEnded((end) => stop(end));
  await other.sessions.revoke(result.sessionId);
  const answers = await Promise.all(Array.from({ length: 5 }, () => client.authFetch(url())));
  assert.deepEqual(
    answers.map((a) => a.status),
    Array(5).fill(401),
  );
  assert.equal(ends.length, 1);
  assert.equal(wire.count(refresh), 1);
});

test("the token goes to no origin that was not named", async () => {
  const { client, wire } = await signedIn();
  const before = wire.seen.length;
  await assert.rejects(
    client.authFetch("https://elsewhere.example/x"),
    /does not show the access token to https:\/\/elsewhere\.example/,
  );
  assert.equal(wire.seen.length, before);
});

test("a program goes on with a refresh token that it kept", async () => {
  const kept = [];
  const { client, email } = await signedIn({ onRefreshToken: (token) => kept.push(token) });
  const later = createAuthClient({
    baseUrl: address(),
    refreshToken: kept[0],
    onRefreshToken: (token) => kept.push(token),
  });
  assert.equal((await later.me()).email, email);
  assert.equal(kept.length, 2);
  assert.notEqual(kept[0], kept[1]);
  await later.logout();
  assert.equal(kept[2], undefined);
  assert.equal(await client.status(), null);
});

test("a refresh that is under way when somebody signs out brings nobody back", async () => {
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  let arrived;
  const underWay = new Promise((resolve) => {
    arrived = resolve;
  });
  const hold = async (request, what) => {
    if (what !== refresh) return undefined;
    const answer = await fetch(request);
    arrived();
    await held;
    return answer;
  };
  const { client } = await signedIn({ change: hold });
  const refreshed = client.refresh();
  refreshed.catch(() => {});
  await underWay;
  await client.logout();
  release();
  await assert.rejects(refreshed, { code: "session_ended" });
  assert.equal(await client.status(), null);
});

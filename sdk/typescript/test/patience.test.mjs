// What no server can be asked to answer on demand is answered by the wire.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthClient } from "../dist/index.js";
import { seconds } from "../dist/errors.js";
import { address, noted, signedIn } from "./world.mjs";

const me = "GET /api/v1/users/me";
const busy = (status, after) =>
  Response.json(
    { type: "about:blank", title: "Busy", status, code: "database_unavailable", request_id: "r1" },
    { status, headers: { "Content-Type": "application/problem+json", ...(after && { "Retry-After": after }) } },
  );

for (const [what, status, after, times, sent, code] of [
  ["503 and a moment: waited for, and sent once more", 503, "0", 1, 2, undefined],
  ["429 and a moment: waited for, and sent once more", 429, "0", 1, 2, undefined],
  ["503 twice: told", 503, "0", 2, 2, "database_unavailable"],
  ["503 and an hour: told at once", 503, "3600", 1, 1, "database_unavailable"],
  ["503 without a time: told at once", 503, undefined, 1, 1, "database_unavailable"],
  ["500: told at once", 500, "0", 1, 1, "database_unavailable"],
  ["401 and a time: told at once", 401, "0", 1, 1, "database_unavailable"],
]) {
  test(what, async () => {
    const { client, wire } = await signedIn({
      change: (_, w, nth) => (w === me && nth <= times ? busy(status, after) : undefined),
    });
    const outcome = await client.me().then(
      () => undefined,
      (e) => e,
    );
    assert.equal(outcome?.code, code);
    assert.equal(wire.count(me), sent);
    if (after === "3600") assert.equal(outcome.retryAfter, 3600);
  });
}

test("what may change something is never sent again by itself", async () => {
  const change = (request) => (request.method === "PATCH" ? busy(503, "0") : undefined);
  const { client, wire } = await signedIn({ change });
  await assert.rejects(client.updateMe({ name: "Ada" }), { code: "database_unavailable", retryAfter: 0 });
  assert.equal(wire.count("PATCH /api/v1/users/me"), 1);
});

test("a status that is not known is no sign that nobody is signed in", async () => {
  const { client } = await signedIn({ change: (_, w) => (w.endsWith("/status") ? busy(503) : undefined) });
  const ends = [];
  client.onSessionEnded((end) => ends.push(end));
  await assert.rejects(client.status(), { status: 503 });
  assert.equal(ends.length, 0);
});

test("a wait ends with the signal, and its reason is the error", async () => {
  const stop = new AbortController();
  const { client } = await signedIn({
    change: (_, w) => (w === me ? (setImmediate(() => stop.abort(new Error("enough"))), busy(503, "3")) : undefined),
  });
  await assert.rejects(client.me({ signal: stop.signal }), /enough/);
});

test("one who gives up does not take the refresh from the others", async () => {
  const { client } = await signedIn();
  const stop = new AbortController();
  const [one, two] = [client.refresh({ signal: stop.signal }), client.refresh()];
  stop.abort(new Error("enough"));
  await assert.rejects(one, /enough/);
  assert.match(await two, /\./);
});

test("no answer, and an answer of something in between", async () => {
  const dead = createAuthClient({
    baseUrl: "http://127.0.0.1:9",
    fetch: () => Promise.reject(new TypeError("fetch failed")),
  });
  await assert.rejects(dead.status(), { code: "network_error", status: 0 });
  for (const body of ["<h1>502 Bad Gateway</h1>", "{}"]) {
    const wire = noted(
      fetch,
      () => new Response(body, { status: 502, headers: { "Content-Type": "application/json" } }),
    );
    const error = await createAuthClient({ baseUrl: address(), fetch: wire.fetch })
      .status()
      .catch((e) => e);
    assert.equal(error.code, "unexpected_answer");
    assert.ok(!error.message.includes("<h1>"));
  }
});

test("Retry-After is a number or a date", () => {
  const now = Date.UTC(2026, 0, 1);
  for (const [header, want] of [
    ["7", 7],
    ["Thu, 01 Jan 2026 00:00:10 GMT", 10],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", undefined],
    [null, undefined],
  ]) {
    assert.equal(seconds(header, now), want);
  }
});

// Assertions as the gateway itself makes them: the Go test hands them out at AIWFE_MINT_URL.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertionVerifier, createSvelteAuth } from "../dist/sveltekit/index.js";
import { event, throws } from "./event.mjs";
import { address, noted } from "./world.mjs";

const base = address("AIWFE_MINT_URL");
const audience = "app.example.com";
const mint = async (query = "") => (await fetch(`${base}/mint?aud=${audience}${query}`)).text();
const verifier = (more = {}) => assertionVerifier({ authUrl: base, audience, ...more });
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwks = "GET /.well-known/jwks.json";

test("the gateway's word counts", async () => {
  const wire = noted();
  const verify = verifier({ fetch: wire.fetch });
  const claims = await verify(await mint());
  assert.equal(claims.sub, "7");
  assert.equal(claims.email, "ada@example.com");
  assert.deepEqual(claims.groups, ["admin"]);
  await verify(await mint());
  assert.equal(wire.count(jwks), 1);
});

test("who the gateway names is in locals", async () => {
  const app = createSvelteAuth({ authUrl: base, gateway: { audience }, ...throws });
  const e = event("/", { headers: { "X-Auth-Assertion": await mint() } });
  await app.handle({ event: e, resolve: () => new Response() });
  assert.deepEqual(e.locals.user, {
    id: "7",
    email: "ada@example.com",
    name: "Ada",
    role: "admin",
    scopes: ["read", "write"],
  });
  assert.deepEqual(e.locals.session, { id: "ses_1", method: "password" });
  assert.equal(app.requireRole(e, "admin").id, "7");
});

test("behind the gateway a cookie counts for nothing, and a forged word is nobody's", async () => {
  const refused = [];
  const app = createSvelteAuth({
    authUrl: base,
    gateway: { audience },
    ...throws,
    onRefused: (r) => refused.push(r.message),
  });
  const forged = (await mint()).replace(/\.[^.]+$/, `.${"A".repeat(86)}`);
  const e = event("/", { headers: { "X-Auth-Assertion": forged }, jar: new Map([["aiwfe_session", "x"]]) });
  await app.handle({ event: e, resolve: () => new Response() });
  assert.equal(e.locals.user, null);
  assert.equal(e.locals.authUnavailable, null);
  assert.match(refused[0], /signature/);
  assert.throws(() => app.client(e), /gateway/);
});

test("what does not count, and why", async () => {
  const good = await mint();
  const [head, body, signature] = good.split(".");
  const header = JSON.parse(Buffer.from(head, "base64url"));
  const withHead = (change) => `${encode({ ...header, ...change })}.${body}.${signature}`;
  for (const [what, text, reason] of [
    ["nothing", "", /no JWT/],
    ["two parts", `${head}.${body}`, /no JWT/],
    ["five parts", `${good}.a.b`, /no JWT/],
    ["much", `${"A".repeat(9000)}.a.b`, /no JWT/],
    ["no signature", `${head}.${body}.`, /signature/],
    ["alg none", withHead({ alg: "none" }), /algorithm/],
    ["alg HS256", withHead({ alg: "HS256" }), /algorithm/],
    ["an access token", withHead({ typ: "at+jwt" }), /another kind/],
    ["no kind", withHead({ typ: undefined }), /another kind/],
    ["crit", withHead({ crit: ["b64"] }), /demands/],
    ["no key", withHead({ kid: undefined }), /names no key/],
    ["another key", withHead({ kid: "00" }), /not one of the server's/],
    ["another head", withHead({ x: 1 }), /signature/],
    ["another body", `${head}.${encode({ sub: "1" })}.${signature}`, /signature/],
    ["padding", `${head}.${body}.${signature}==`, /base64url/],
    ["no JSON", `${Buffer.from("{").toString("base64url")}.a.b`, /not JSON/],
    ["another application", await (await fetch(`${base}/mint?aud=other.example.com`)).text(), /another application/],
    ["another server", await mint("&iss=https://evil.example"), /another server/],
    ["an old one", await mint("&age=70"), /run out/],
    ["one of the future", await mint("&age=-60"), /future/],
  ]) {
    await assert.rejects(verifier()(text), { name: "AssertionError", message: reason }, what);
  }
});

test("a new key is found, and unknown ones make nobody ask all the time", async () => {
  let now = Date.now();
  const wire = noted();
  const verify = verifier({ fetch: wire.fetch, now: () => now });
  await verify(await mint());
  const other = await mint("&key=2"); // whose key the set has only once it was asked for
  await assert.rejects(verify(other), { message: /not one of/ });
  assert.equal(wire.count(jwks), 1);
  now += 11_000;
  await fetch(`${base}/rotate`);
  assert.equal((await verify(other)).sub, "7");
  assert.equal(wire.count(jwks), 2);
  for (let i = 0; i < 20; i++)
    await assert.rejects(
      verify(other.replace(/^[^.]+/, encode({ alg: "EdDSA", typ: "aiwfe-assertion+jwt", kid: `k${i}` }))),
    );
  assert.equal(wire.count(jwks), 2);
});

test("keys serve for an hour while nobody answers, and not for a moment longer", async () => {
  let now = Date.now();
  let away = false;
  const flaky = (...question) => (away ? Promise.reject(new TypeError("nobody answers")) : fetch(...question));
  const verify = verifier({ fetch: flaky, now: () => now });
  // Its times are not looked at before its key was found.
  const word = await mint();
  await verify(word);
  away = true;
  now += 30 * 60_000;
  await assert.rejects(verify(word), { message: /run out/ });
  now += 31 * 60_000;
  for (let i = 0; i < 3; i++) await assert.rejects(verify(word), (error) => error.name !== "AssertionError", `try ${i}`);
  away = false;
  now += 11_000;
  await assert.rejects(verify(word), { message: /run out/ });
});

test("keys that cannot be had: nobody is known, and no word is taken for true", async () => {
  const app = createSvelteAuth({ authUrl: "http://127.0.0.1:9", gateway: { audience, issuer: base }, ...throws });
  const e = event("/", { headers: { "X-Auth-Assertion": await mint() } });
  await app.handle({ event: e, resolve: () => new Response() });
  assert.equal(e.locals.user, null);
  assert.throws(() => app.requireUser(e), { status: 503 });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthError, createAuthClient } from "../dist/index.js";
import { address, password, person, signedIn } from "./world.mjs";

for (const browser of [false, true]) {
  const who = browser ? "a browser" : "a program";

  test(`${who} signs in, is somebody, and signs out`, async () => {
    const { client, email, result } = await signedIn({ browser });
    assert.equal(result.kind, "signed_in");
    assert.equal(result.user.email, email);
    assert.equal((await client.me()).email, email);
    const status = await client.status();
    assert.equal(status.authenticated, true);
    assert.equal(status.session.id, result.sessionId);
    assert.equal(status.session.kind, browser ? "browser" : "token");
    assert.equal((await client.updateMe({ name: "Ada" })).name, "Ada");

    const ends = [];
    client.onSessionEnded((end) => ends.push(end));
    await client.logout();
    assert.equal(await client.status(), null);
    assert.deepEqual(ends, [{ reason: "signed_out", elsewhere: false }]);
    await client.logout(); // nobody is there any more, which is as it should be
    assert.equal(ends.length, 1);
  });

  test(`${who} changes its password, and the old one is refused`, async () => {
    const { client, email } = await signedIn({ browser });
    const next = "a red wheelbarrow, glazed with rain";
    await client.changePassword({ current_password: password, new_password: next });
    const other = createAuthClient({ baseUrl: address() });
    await assert.rejects(other.login({ email, password }), { code: "invalid_credentials", status: 401 });
    assert.equal((await other.login({ email, password: next })).kind, "signed_in");
  });

  test(`${who} ends its other sessions`, async () => {
    const { client, email } = await signedIn({ browser });
    const other = createAuthClient({ baseUrl: address() });
    await other.login({ email, password });
    const third = createAuthClient({ baseUrl: address() });
    const { sessionId } = await third.login({ email, password });
    assert.equal((await client.sessions.list()).items.length, 3);

    const ends = [];
    third.onSessionEnded((end) => ends.push(end));
    await client.sessions.revoke(sessionId);
    await assert.rejects(third.me(), { code: "session_ended" });
    assert.deepEqual(ends, [{ reason: "session_ended", elsewhere: false }]);
    assert.equal((await client.sessions.revokeOthers()).ended, 1);
    assert.equal(await other.status(), null);
  });
}

test("a personal access token is made, listed and revoked", async () => {
  const { client } = await signedIn();
  const made = await client.tokens.make({ name: "nightly", scopes: ["read"] });
  assert.match(made.token, /^aiwfe_pat_/);
  assert.deepEqual(
    (await client.tokens.list()).items.map((t) => t.name),
    ["nightly"],
  );
  await client.tokens.revoke(made.id);
  assert.equal((await client.tokens.list()).items.length, 0);
});

test("a second factor is asked for, and answered", async () => {
  const { client, email } = await signedIn();
  const { secret } = await client.call("post", "/api/v1/auth/2fa/totp/setup", { body: {} });
  await client.call("post", "/api/v1/auth/2fa/totp/confirm", { body: { code: await totp(secret) } });
  const { codes } = await client.call("post", "/api/v1/auth/2fa/backup-codes");

  const other = createAuthClient({ baseUrl: address() });
  const due = await other.login({ email, password });
  assert.equal(due.kind, "second_factor");
  assert.deepEqual([...due.methods].sort(), ["backup_code", "totp"]);
  assert.equal(await other.status(), null);
  const answer = (code) => other.answerChallenge({ challenge_token: due.challengeToken, method: "backup_code", code });
  await assert.rejects(answer("00000-00000"), { code: "invalid_code" });
  assert.equal((await answer(codes[0])).kind, "signed_in");
  assert.equal((await other.me()).email, email);
});

test("what a stranger asks for by mail is answered alike for everybody, or said to be impossible", async () => {
  const client = createAuthClient({ baseUrl: address() });
  const email = await person();
  for (const ask of [client.forgotPassword, client.requestVerification]) {
    const outcome = (who) =>
      ask(who).then(
        (a) => a.detail,
        (e) => e.code,
      );
    assert.equal(await outcome(email), await outcome("nobody@example.com"));
  }
  await assert.rejects(client.resetPassword({ token: "none", password }), { code: "reset_token_invalid", status: 400 });
  await assert.rejects(client.verify({ token: "none" }), { code: "verify_token_invalid" });
});

test("an error tells what the server said", async () => {
  const client = createAuthClient({ baseUrl: address() });
  const error = await client.register({ email: "ada@example.com", password: "short" }).catch((e) => e);
  assert.ok(error instanceof AuthError);
  assert.equal(error.status, 422);
  assert.equal(error.code, "password_refused");
  assert.match(error.requestId, /\w+/);
  assert.ok(error.detail.length > 10);
  const empty = await client.login({ email: "", password: "" }).catch((e) => e);
  assert.equal(empty.code, "validation_failed");
  assert.deepEqual(empty.fields.map((f) => f.pointer).sort(), ["/email", "/password"]);
  assert.equal(empty.field("/email").code, "required");
});

// RFC 6238 with SHA-1, 6 digits and 30 seconds.
async function totp(secret) {
  const bits = [...secret.replace(/[^A-Z2-7]/g, "")]
    .map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"))
    .join("");
  const bytes = Uint8Array.from(bits.match(/.{8}/g), (b) => parseInt(b, 2));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const step = new DataView(new ArrayBuffer(8));
  step.setBigUint64(0, BigInt(Math.floor(Date.now() / 30_000)));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, step));
  return String((mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

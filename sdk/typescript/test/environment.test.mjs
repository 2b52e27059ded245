import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { address } from "./world.mjs";

let environment;
let nth = 0;
beforeEach(async () => {
  environment = await import(`../dist/environment.js?${nth++}`);
});

test("before it was loaded nothing is guessed", () => {
  for (const name of ["getEnvironment", "getApiBaseUrl", "getCookieDomain", "isProduction", "getConfig"]) {
    assert.throws(() => environment[name](), /await loadEnvironment\(\)/, name);
  }
});

test("it is what the server says", async () => {
  const asked = [];
  const counting = (...a) => {
    asked.push(a);
    return fetch(...a);
  };
  await Promise.all([1, 2, 3].map(() => environment.loadEnvironment({ baseUrl: address(), fetch: counting })));
  assert.equal(asked.length, 1);
  assert.equal(environment.getEnvironment(), "test");
  assert.equal(environment.getApiBaseUrl(), (await (await fetch(`${address()}/api/v1/config`)).json()).api_base_url);
  assert.equal(environment.getPublicUrl(), address());
  assert.equal(environment.getCookieDomain(), undefined);
  assert.equal(environment.isProduction(), false);
  assert.equal(environment.isDevelopment(), false);
});

test("a page may bring it along", () => {
  environment.setEnvironment({
    environment: "production",
    api_base_url: "https://aiwfe.com/api/v1",
    cookie_domain: "aiwfe.com",
  });
  assert.equal(environment.isProduction(), true);
  assert.equal(environment.getCookieDomain(), "aiwfe.com");
});

test("what is not the server is told so, and asked again the next time", async () => {
  const wrong = () => Promise.resolve(Response.json({ hello: "world" }));
  await assert.rejects(environment.loadEnvironment({ baseUrl: address(), fetch: wrong }), /not aiwfe-auth/);
  assert.throws(() => environment.getEnvironment());
  await environment.loadEnvironment({ baseUrl: address() });
  assert.equal(environment.getEnvironment(), "test");
});

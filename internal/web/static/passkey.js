// Passkeys and security keys (WebAuthn). Only the options are fetched; the
// answer goes out by the form around the button, so that the server answers
// with a page. Nothing here is needed to sign in by a password.
//
// <form method="post" hidden data-passkey="login | second | reauth | register | upgrade">
//   Shown if this browser can; submitting it runs the ceremony and then sends
//   it. "upgrade" is never shown: it runs by itself where the browser can make
//   a passkey after a password login, and sends in the background.
//   data-conditional        of "login": offer passkeys in the autofill list as
//                           well; the address field has autocomplete="username webauthn"
//   data-say-cancelled, -failed, -unfit, -known
//                           what to say when nobody answered in time, when it
//                           did not work, when the page is at another host than
//                           its passkeys, when this device is registered already
//   input[name=credential]       hidden; takes the answer as JSON
//   input[name=csrf_token]       hidden
//   input[name=challenge_token]  hidden; of "second", and of "register" for a login that waits for it
//   [role=status]                where to say it
//
// <i hidden data-signal="unknown"  data-rp-id data-credential-id>
// <i hidden data-signal="accepted" data-rp-id data-user-id data-credential-ids="id id ...">
// <i hidden data-signal="user"     data-rp-id data-user-id data-name data-display-name>
//   Told to the browser's list of passkeys when the page opens. Ids are base64url.

const proveOptions = "/api/v1/auth/2fa/webauthn/login/options";
const makeOptions = "/api/v1/auth/2fa/webauthn/register/options";

const makes = (form) => ["register", "upgrade"].includes(form.dataset.passkey);
const field = (form, name) => form.querySelector(`input[name=${name}]`);

// Base64url by hand for browsers from before 2024; atob takes it without padding.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => {
  const binary = Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
};

const withBytes = (list) => list?.map((c) => ({ ...c, id: bytes(c.id) }));

const parsers = {
  make: (o) => PublicKeyCredential.parseCreationOptionsFromJSON?.(o) ?? {
    ...o,
    challenge: bytes(o.challenge),
    user: { ...o.user, id: bytes(o.user.id) },
    excludeCredentials: withBytes(o.excludeCredentials),
  },
  prove: (o) => PublicKeyCredential.parseRequestOptionsFromJSON?.(o) ?? {
    ...o,
    challenge: bytes(o.challenge),
    allowCredentials: withBytes(o.allowCredentials),
  },
};

// Some password managers hand out an object whose toJSON is missing or throws.
const plain = (credential) => {
  try {
    return credential.toJSON();
  } catch {
    const response = { transports: credential.response.getTransports?.() };
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    const { id, type } = credential;
    const clientExtensionResults = credential.getClientExtensionResults();
    return { id, type, rawId: text(credential.rawId), response, clientExtensionResults };
  }
};

// What the server says of a refusal is a sentence for the person.
class Refused extends Error {}

// A token that has gone stale is renewed once; it serves the other forms too.
async function renew() {
  const { csrf_token: token } = await (await fetch("/api/v1/auth/csrf-token", { cache: "no-store" })).json();
  if (token) for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = token;
}

async function ask(form, signal, again = true) {
  const body = {};
  const waiting = field(form, "challenge_token");
  if (waiting) body.challenge_token = waiting.value;
  if (form.dataset.passkey === "upgrade") body.conditional = true;
  const answer = await fetch(makes(form) ? makeOptions : proveOptions, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRF-TOKEN": field(form, "csrf_token").value,
    },
    body: JSON.stringify(body),
    signal,
  });
  const json = await answer.json();
  if (again && answer.status === 403 && json.code?.startsWith("csrf_")) {
    await renew();
    return ask(form, signal, false);
  }
  if (!answer.ok) throw new Refused(json.detail);
  return json.options;
}

async function answer(form, signal, options, mediation) {
  const request = { publicKey: parsers[makes(form) ? "make" : "prove"](options), signal };
  if (mediation) request.mediation = mediation;
  const credential = await navigator.credentials[makes(form) ? "create" : "get"](request);
  field(form, "credential").value = JSON.stringify(plain(credential));
}

const say = (form, words) => {
  const status = form.querySelector("[role=status]");
  if (!status) return;
  status.textContent = words ?? "";
  status.hidden = !words;
};

// A cancelled window and a time that ran out look alike, and so does having no
// passkey: the browser does not tell them apart, so that no page can ask.
const words = (form, error) => {
  const { sayCancelled, sayFailed, sayUnfit, sayKnown } = form.dataset;
  if (error instanceof Refused) return error.message || sayFailed;
  switch (error.name) {
    case "AbortError": return "";
    case "NotAllowedError": return sayCancelled;
    case "SecurityError": return sayUnfit;
    case "InvalidStateError": return makes(form) ? sayKnown : sayFailed;
    default: return sayFailed;
  }
};

// One ceremony at a time: a browser refuses the second.
let running = new AbortController();
const begin = () => {
  running.abort();
  running = new AbortController();
  return running.signal;
};

async function pressed(form) {
  const signal = begin();
  const button = form.querySelector("[type=submit]");
  button?.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    await answer(form, signal, await ask(form, signal));
  } catch (error) {
    if (signal.aborted) return;
    say(form, words(form, error));
    if (form.dataset.conditional !== undefined) offer(form);
    return;
  } finally {
    button?.removeAttribute("aria-busy");
  }
  form.requestSubmit();
}

// The autofill list. Nobody pressed anything, so nothing is said when it fails.
// A challenge grows old on a page left open, so it is asked for anew, but not
// by tabs that nobody looks at.
async function offer(form) {
  const signal = begin();
  try {
    if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
    const options = await ask(form, signal);
    const anew = setTimeout(() => whenSeen(() => offer(form), signal), (options.timeout ?? 300000) * 0.8);
    signal.addEventListener("abort", () => clearTimeout(anew));
    await answer(form, signal, options, "conditional");
  } catch {
    return;
  }
  running.abort();
  form.requestSubmit();
}

const whenSeen = (act, signal) => {
  if (document.visibilityState === "visible") return act();
  document.addEventListener("visibilitychange", act, { once: true, signal });
};

// Made without a window and without a word; it must not lead away from the page.
async function upgrade(form) {
  try {
    if (!(await PublicKeyCredential.getClientCapabilities?.())?.conditionalCreate) return;
    const signal = begin();
    await answer(form, signal, await ask(form, signal), "conditional");
    await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  } catch { /* as good as before */ }
}

// The list of passkeys in the browser follows ours, where it listens.
const signals = {
  unknown: ["signalUnknownCredential", (d) => ({ rpId: d.rpId, credentialId: d.credentialId })],
  accepted: ["signalAllAcceptedCredentials", (d) => ({
    rpId: d.rpId, userId: d.userId, allAcceptedCredentialIds: d.credentialIds.split(" ").filter(Boolean),
  })],
  user: ["signalCurrentUserDetails", (d) => ({
    rpId: d.rpId, userId: d.userId, name: d.name, displayName: d.displayName,
  })],
};

async function signal(element) {
  try {
    const [method, details] = signals[element.dataset.signal];
    await PublicKeyCredential[method]?.(details(element.dataset));
  } catch { /* a courtesy to the browser, no more */ }
}

if (window.PublicKeyCredential && navigator.credentials) {
  // Another form on its way ends what waits. A form of ours is caught before
  // the listener that counts presses: it is sent only with its answer.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-passkey]")) return running.abort();
    if (field(form, "credential").value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed(form);
  }, true);

  // Back by the back button: the answer was for one use.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("[data-passkey]")) {
      field(form, "credential").value = "";
      if (form.dataset.conditional !== undefined) offer(form);
    }
  });

  for (const form of document.querySelectorAll("[data-passkey]")) {
    if (form.dataset.passkey === "upgrade") upgrade(form);
    else form.hidden = false;
    if (form.dataset.conditional !== undefined) offer(form);
  }
  for (const element of document.querySelectorAll("[data-signal]")) signal(element);
}

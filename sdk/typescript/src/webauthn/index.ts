// Passkeys and security keys: the options of the server, the browser's own window, and its answer back to the server.
import type { AuthClient } from "../client.js";
import type { components } from "../openapi.js";
import type { LoginResult } from "../result.js";
import { ceremony, isSupported, stop } from "./ceremony.js";

export { isSupported, PasskeyError, stop, type PasskeyErrorCode } from "./ceremony.js";
export { bytesOf, creationOptions, credentialJSON, requestOptions, textOf } from "./json.js";
export { signalAccepted, signalUnknown, signalUser } from "./signals.js";

type Added = components["schemas"]["FactorAdded"];

export interface RegisterOptions {
  /** What its owner calls it. */
  name?: string;
  /** Of a login that waits for a factor to be set up; left out when signed in. */
  challengeToken?: string;
  /** Made without a window, right after a login by password, where the browser can. */
  conditional?: boolean;
  signal?: AbortSignal;
}

/** Makes a passkey for whoever is signed in. */
export async function registerPasskey(client: AuthClient, o: RegisterOptions = {}): Promise<Added> {
  const waiting = o.challengeToken === undefined ? {} : { challenge_token: o.challengeToken };
  const credential = await ceremony(
    "create",
    async (signal) => {
      const body = { ...waiting, ...(o.conditional ? { conditional: true } : {}) };
      return (await client.call("post", "/api/v1/auth/2fa/webauthn/register/options", { body, signal })).options;
    },
    o.conditional ? "conditional" : undefined,
    o.signal,
  );
  const body = { ...waiting, credential, ...(o.name === undefined ? {} : { name: o.name }) };
  return client.call("post", "/api/v1/auth/2fa/webauthn/register/verify", { body, signal: o.signal });
}

export interface LoginOptions {
  /** Offers passkeys in the autofill list of a field with autocomplete="username webauthn", until one is chosen. */
  conditional?: boolean;
  signal?: AbortSignal;
}

/** Signs in by a passkey alone. */
export async function loginWithPasskey(client: AuthClient, o: LoginOptions = {}): Promise<LoginResult> {
  const credential = await ceremony("get", requested(client), o.conditional ? "conditional" : undefined, o.signal);
  return client.loginByPasskey({ credential }, { signal: o.signal });
}

/** Answers the challenge of a login whose second factor is due. */
export async function answerWithPasskey(
  client: AuthClient,
  challengeToken: string,
  o: { trustDevice?: boolean; signal?: AbortSignal } = {},
): Promise<LoginResult> {
  const credential = await ceremony("get", requested(client, { challenge_token: challengeToken }), undefined, o.signal);
  const trust = o.trustDevice === undefined ? {} : { trust_device: o.trustDevice };
  return client.answerChallenge(
    { challenge_token: challengeToken, method: "webauthn", credential, ...trust },
    { signal: o.signal },
  );
}

/** Proves again who is signed in, where a call was refused with `reauth_required`. */
export async function reauthenticateWithPasskey(client: AuthClient, o: { signal?: AbortSignal } = {}): Promise<void> {
  const credential = await ceremony("get", requested(client), undefined, o.signal);
  await client.reauthenticate({ method: "webauthn", credential }, { signal: o.signal });
}

/** Whether the autofill list can offer passkeys. */
export async function canOffer(): Promise<boolean> {
  return isSupported() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;
}

/** Ends the offer in the autofill list, such as when the form is sent with a password. */
export const stopOffering = stop;

function requested(client: AuthClient, body: { challenge_token?: string } = {}) {
  return async (signal: AbortSignal) =>
    (await client.call("post", "/api/v1/auth/2fa/webauthn/login/options", { body, signal })).options;
}

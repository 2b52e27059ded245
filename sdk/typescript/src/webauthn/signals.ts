// The list of passkeys in the browser follows that of the server, where the browser listens (WebAuthn level 3, 5.1.10).
// It is a courtesy: each says whether it was taken, and none fails.

type Signals = Partial<Record<string, (details: object) => Promise<void>>>;

async function signal(method: string, details: object): Promise<boolean> {
  const able = (globalThis as unknown as { PublicKeyCredential?: Signals }).PublicKeyCredential;
  if (typeof able?.[method] !== "function") {
    return false;
  }
  try {
    await able[method](details);
    return true;
  } catch {
    return false;
  }
}

/** The server does not know this passkey (any more): it need not be offered. Ids are base64url. */
export const signalUnknown = (rpId: string, credentialId: string): Promise<boolean> =>
  signal("signalUnknownCredential", { rpId, credentialId });

/** These are all the passkeys of a person: others need not be offered. */
export const signalAccepted = (rpId: string, userId: string, allAcceptedCredentialIds: string[]): Promise<boolean> =>
  signal("signalAllAcceptedCredentials", { rpId, userId, allAcceptedCredentialIds });

/** The person has another name now. */
export const signalUser = (rpId: string, userId: string, name: string, displayName: string): Promise<boolean> =>
  signal("signalCurrentUserDetails", { rpId, userId, name, displayName });

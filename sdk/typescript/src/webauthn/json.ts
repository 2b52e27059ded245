// Options and answers of WebAuthn as JSON (level 3, 5.1.8 to 5.1.10), for browsers that do not do it themselves.

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) {
    throw new TypeError("This is not base64url.");
  }
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

export function textOf(buffer: ArrayBuffer | Uint8Array): string {
  const binary = Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

type JSONObject = Record<string, unknown>;
interface Named {
  id: string;
}
interface Static {
  parseCreationOptionsFromJSON?(options: unknown): PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?(options: unknown): PublicKeyCredentialRequestOptions;
}

const maker = (): Static => (globalThis as { PublicKeyCredential?: Static }).PublicKeyCredential ?? {};
const withBytes = (list: unknown) => (list as Named[] | undefined)?.map((one) => ({ ...one, id: bytesOf(one.id) }));

export function creationOptions(o: JSONObject): PublicKeyCredentialCreationOptions {
  return (
    maker().parseCreationOptionsFromJSON?.(o) ??
    ({
      ...o,
      challenge: bytesOf(o["challenge"] as string),
      user: { ...(o["user"] as object), id: bytesOf((o["user"] as Named).id) },
      ...(o["excludeCredentials"] ? { excludeCredentials: withBytes(o["excludeCredentials"]) } : {}),
    } as unknown as PublicKeyCredentialCreationOptions)
  );
}

export function requestOptions(o: JSONObject): PublicKeyCredentialRequestOptions {
  return (
    maker().parseRequestOptionsFromJSON?.(o) ??
    ({
      ...o,
      challenge: bytesOf(o["challenge"] as string),
      ...(o["allowCredentials"] ? { allowCredentials: withBytes(o["allowCredentials"]) } : {}),
    } as unknown as PublicKeyCredentialRequestOptions)
  );
}

const members = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const;

/** The answer of the browser as JSON. Some password managers hand out an object whose toJSON is missing or throws. */
export function credentialJSON(credential: PublicKeyCredential): JSONObject {
  try {
    return credential.toJSON() as unknown as JSONObject;
  } catch {
    const given = credential.response as AuthenticatorResponse &
      Partial<Record<string, ArrayBuffer | null>> & { getTransports?(): string[] };
    const response: JSONObject = {};
    const transports = given.getTransports?.();
    if (transports) {
      response["transports"] = transports;
    }
    for (const name of members) {
      const value = given[name];
      if (value) {
        response[name] = textOf(value);
      }
    }
    const { id, type } = credential;
    return {
      id,
      type,
      rawId: textOf(credential.rawId),
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }
}

// What a front end has to know of where it runs. The server tells it (GET /api/v1/config). Nothing here looks at a host
// name: that is how a production site comes to believe that it is in development.
import { received, send } from "./http.js";
import type { components } from "./openapi.js";
import { settingsOf } from "./options.js";

export type Config = components["schemas"]["Config"];
export type Environment = Config["environment"];

export interface LoadOptions {
  /** Where the server is; in a browser, the page's own origin if left out. */
  baseUrl?: string | URL;
  fetch?: typeof fetch;
  signal?: AbortSignal;
}

let loaded: Config | undefined;
let loading: Promise<Config> | undefined;

/** Asks the server, once. To be awaited before anything else of this module is used. */
export function loadEnvironment(options: LoadOptions = {}): Promise<Config> {
  loading ??= fetchConfig(options).then((config) => (loaded = config));
  loading.catch(() => {
    loading = undefined;
  }); // the next one asks again
  return loading;
}

/** Takes over what a server-rendered page brought along, so that a browser need not ask. */
export function setEnvironment(config: Config): void {
  loaded = checked(config);
  loading = Promise.resolve(config);
}

/** All that the server told. */
export function getConfig(): Config {
  if (!loaded) {
    throw new Error("The environment is not known yet. Please await loadEnvironment() first; it is not guessed.");
  }
  return loaded;
}

export const getEnvironment = (): Environment => getConfig().environment;
export const getApiBaseUrl = (): string => getConfig().api_base_url;
export const getPublicUrl = (): string => getConfig().public_url;
/** undefined where the cookies belong to the one host of the public address. */
export const getCookieDomain = (): string | undefined => getConfig().cookie_domain || undefined;
export const isProduction = (): boolean => getEnvironment() === "production";
export const isDevelopment = (): boolean => getEnvironment() === "development";

async function fetchConfig(options: LoadOptions): Promise<Config> {
  const { transport } = settingsOf({ ...options, credentials: "same-origin" });
  const answer = await send(transport, { method: "get", path: "/api/v1/config", signal: options.signal });
  return checked(await received<Config>(answer));
}

const known = new Set<unknown>(["development", "test", "staging", "production"] satisfies Environment[]);

function checked(config: Config): Config {
  const { environment, api_base_url: base, cookie_domain: domain } = config;
  if (!known.has(environment) || typeof base !== "string" || typeof domain !== "string") {
    throw new Error("What answered at /api/v1/config is not aiwfe-auth. Please check baseUrl and the proxy's /api/v1.");
  }
  return config;
}

// The parts of SvelteKit that are used, by their shape: the package works with any version that has them, and needs
// none to be compiled or tested.
import type { AuthError } from "../errors.js";

/** Who is signed in, as a page may see it. */
export interface LocalUser {
  id: string;
  email: string;
  name: string;
  role: string;
  scopes: string[];
}

export interface LocalSession {
  id: string;
  /** How it began, such as "password+totp". */
  method: string;
}

/** What `handle` puts into `event.locals`. In src/app.d.ts: `interface Locals extends AuthLocals {}`. */
export interface AuthLocals {
  user: LocalUser | null;
  session: LocalSession | null;
  /** Why it could not be found out who it is: then `user` is null, and guards answer 503 rather than lead to login. */
  authUnavailable: AuthError | null;
}

interface CookieOptions {
  path: string;
  domain?: string;
  maxAge?: number;
  expires?: Date;
  httpOnly?: boolean;
  secure?: boolean;
  sameSite?: "lax" | "strict" | "none";
}

/** Of SvelteKit's RequestEvent. */
export interface EventLike {
  request: Request;
  url: URL;
  locals: object;
  cookies: { set(name: string, value: string, options: CookieOptions & { encode?: (value: string) => string }): void };
  getClientAddress(): string;
  isDataRequest?: boolean;
}

/** What `resolve` of a hook is called with. */
export interface HandleInput<E extends EventLike> {
  event: E;
  resolve(event: E): Response | Promise<Response>;
}

/** SvelteKit's own `redirect` and `error`: it knows only what these throw. */
export interface Thrower {
  redirect(status: 303, location: string): never;
  error(status: number, body: string): never;
}

export type { CookieOptions };

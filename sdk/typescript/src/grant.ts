/** Grant is an access token, kept in memory alone. */
export interface Grant {
  token: string;
  /** Until when it is used, by this machine's clock: a little before its end, as a request is under way for a while. */
  until: number;
}

interface Given {
  access_token?: string;
  expires_in?: number;
}

/** The grant in an answer of the server, if there is one. A short one is used for half of its life. */
export function grantOf(given: Given, now = Date.now()): Grant | undefined {
  const { access_token: token, expires_in: life = 0 } = given;
  return token === undefined ? undefined : { token, until: now + 1000 * (life - Math.min(30, life / 2)) };
}

export function isFresh(grant: Grant, now = Date.now()): boolean {
  return now < grant.until;
}

/** Reads a grant that another tab sent; what is none is none. */
export function asGrant(value: unknown): Grant | undefined {
  const { token, until } = (value ?? {}) as Partial<Grant>;
  return typeof token === "string" && typeof until === "number" ? { token, until } : undefined;
}

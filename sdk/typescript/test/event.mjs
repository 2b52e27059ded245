// A SvelteKit event, and SvelteKit's redirect and error, by their shape.
export class Thrown extends Error {
  constructor(status, where) {
    super(`${status} ${where}`);
    Object.assign(this, { status, where });
  }
}

export const throws = {
  redirect: (status, where) => {
    throw new Thrown(status, where);
  },
  error: (status, where) => {
    throw new Thrown(status, where);
  },
};

export function event(
  path = "/",
  { method = "GET", headers = {}, jar = new Map(), origin = "http://localhost:3000" } = {},
) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return {
    request: new Request(origin + path, {
      method,
      headers: { Accept: "text/html", ...(cookie && { Cookie: cookie }), ...headers },
    }),
    url: new URL(path, origin),
    locals: {},
    cookies: { set: (name, value, { maxAge }) => (maxAge <= 0 ? jar.delete(name) : jar.set(name, value)) },
    getClientAddress: () => "127.0.0.1",
    isDataRequest: false,
  };
}

/** What a form of the application's own page sends along. */
export const form = (base) => ({
  method: "POST",
  origin: base,
  headers: { Origin: base, "Sec-Fetch-Site": "same-origin" },
});

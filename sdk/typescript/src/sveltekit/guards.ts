import type { AuthLocals, EventLike, LocalUser, Thrower } from "./types.js";

/** Makes the guards of load functions, actions and endpoints. */
export function guards(throws: Thrower, login: string) {
  /** Whoever is signed in. Others are led to the login, and back afterwards. */
  function requireUser(event: EventLike): LocalUser {
    const { user, authUnavailable } = event.locals as AuthLocals;
    if (user) {
      return user;
    }
    if (authUnavailable) {
      throws.error(503, "Who you are cannot be checked at the moment. Please try again in a little while.");
    }
    if (!wantsPage(event)) {
      throws.error(401, "Not signed in");
    }
    throws.redirect(303, loginAddress(event, login));
  }

  /** Whoever is signed in and has the role. */
  function requireRole(event: EventLike, role: string): LocalUser {
    const user = requireUser(event);
    if (user.role !== role) {
      throws.error(403, "Your account may not go there.");
    }
    return user;
  }

  return { requireUser, requireRole };
}

/** Whether a person looks at the answer: a page, the data of one, or a form of one. */
function wantsPage({ request, isDataRequest }: EventLike): boolean {
  return (
    isDataRequest === true ||
    request.headers.has("x-sveltekit-action") ||
    (request.headers.get("Accept") ?? "").includes("text/html")
  );
}

/** The login, with the way back: a path for a login of this application, an address for one elsewhere. */
export function loginAddress(event: EventLike, login: string): string {
  const target = new URL(login, event.url);
  // The way back is a page; what was sent to it is not sent again.
  const path = event.url.pathname + (event.request.method === "GET" ? event.url.search : "");
  const own = target.origin === event.url.origin;
  target.searchParams.set("next", own ? path : event.url.origin + path);
  return own ? target.pathname + target.search : target.href;
}

/** The way back after a login, from ?next=. Only a place of this application counts, or a link could lead anywhere. */
export function safeNext(url: URL, otherwise = "/"): string {
  const next = url.searchParams.get("next") ?? "";
  // A browser takes \ for / and leaves out tabs and line ends, so what has them is no plain path.
  if (!/^\/(?![/\\])[^\\\u0000-\u001f]*$/.test(next)) {
    return otherwise;
  }
  try {
    const target = new URL(next, url);
    // /.//host is a path of this origin that reads as another's once its dots are gone.
    const plain = target.origin === url.origin && !target.pathname.startsWith("//");
    return plain ? target.pathname + target.search + target.hash : otherwise;
  } catch {
    return otherwise;
  }
}

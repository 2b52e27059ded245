import type { CookieOptions } from "./types.js";

export interface SetCookie {
  name: string;
  value: string;
  options: CookieOptions;
  /** It takes a cookie away. */
  gone: boolean;
}

/** Reads a line of Set-Cookie (RFC 6265, 5.2) that the server wrote. */
export function parseSetCookie(line: string): SetCookie {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const options: CookieOptions = { path: "/", httpOnly: false, secure: false };
  for (const attribute of attributes) {
    const [name = "", value = ""] = attribute.split("=", 2);
    take(options, name.toLowerCase(), value);
  }
  const past =
    options.maxAge !== undefined ? options.maxAge <= 0 : (options.expires?.getTime() ?? Infinity) <= Date.now();
  return { name: pair.slice(0, at), value: pair.slice(at + 1), options, gone: past };
}

function take(o: CookieOptions, name: string, value: string): void {
  switch (name) {
    case "path":
      o.path = value;
      break;
    case "domain":
      o.domain = value;
      break;
    case "max-age":
      o.maxAge = Number(value);
      break;
    case "expires":
      o.expires = new Date(value);
      break;
    case "httponly":
      o.httpOnly = true;
      break;
    case "secure":
      o.secure = true;
      break;
    case "samesite":
      o.sameSite = value.toLowerCase() as "lax" | "strict" | "none";
      break;
  }
}

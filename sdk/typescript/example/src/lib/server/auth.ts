import { env } from "$env/dynamic/private";
import { createSvelteAuth } from "@aiwfe/auth/sveltekit";
import { error, redirect } from "@sveltejs/kit";

// Behind the server's own gateway (AUTH_AUDIENCE is the host of this application there) its signed word counts; else
// the server is asked, with the cookie of the browser.
const gateway = env.AUTH_AUDIENCE ? { audience: env.AUTH_AUDIENCE, issuer: env.AUTH_ISSUER } : undefined;

export const auth = createSvelteAuth({
  authUrl: env.AUTH_URL ?? "http://localhost:8080",
  ...(gateway ? { gateway, onRefused: (reason) => console.warn(reason.message) } : {}),
  redirect,
  error,
});

import { env } from "$env/dynamic/private";
import { loadEnvironment } from "$lib/utils/environmentConfig";
import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = async ({ locals }) => {
  const { environment } = await loadEnvironment({ baseUrl: env.AUTH_URL ?? "http://localhost:8080" });
  return { user: locals.user, environment, gateway: Boolean(env.AUTH_AUDIENCE) };
};

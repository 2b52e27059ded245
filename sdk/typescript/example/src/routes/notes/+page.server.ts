import { auth } from "$lib/server/auth";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => {
  const user = auth.requireUser(event);
  return { name: user.name || user.email, method: event.locals.session?.method };
};

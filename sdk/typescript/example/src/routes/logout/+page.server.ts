import { redirect } from "@sveltejs/kit";
import { auth } from "$lib/server/auth";
import type { Actions } from "./$types";

export const actions: Actions = {
  default: async (event) => {
    auth.requireOwnOrigin(event);
    await auth.client(event).logout();
    redirect(303, "/");
  },
};

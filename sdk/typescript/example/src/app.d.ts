import type { AuthLocals } from "@aiwfe/auth/sveltekit";

declare global {
  namespace App {
    interface Locals extends AuthLocals {}
  }
}

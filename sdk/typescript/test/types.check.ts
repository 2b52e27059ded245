// What the types must say. It is compiled by the tests and never run.
import { createAuthClient, type AnswerOf, type BodyOf } from "../src/index.js";

const client = createAuthClient({ baseUrl: "https://auth.example.com" });

export async function holds(): Promise<void> {
  const email: string = (await client.me()).email;
  const current: boolean = (await client.sessions.list()).items[0]!.current;
  const registration: "closed" | "invite" | "open" = (await client.call("get", "/api/v1/config")).registration;
  const nothing: undefined = await client.sessions.revoke("ses_1");
  const security: AnswerOf<"get", "/api/v1/auth/2fa"> = await client.call("get", "/api/v1/auth/2fa");
  const body: BodyOf<"post", "/api/v1/auth/2fa/challenge"> = { challenge_token: "c", method: "totp", code: "123456" };
  await client.call("delete", "/api/v1/auth/2fa/webauthn/{id}", { params: { id: "1" } });
  void [email, current, registration, nothing, security, body];

  const result = await client.login({ email: "ada@example.com", password: "plums" });
  if (result.kind === "signed_in") {
    const name: string = result.user.name;
    void name;
  } else {
    const token: string = result.challengeToken;
    void token;
  }

  // @ts-expect-error there is no such path
  await client.call("get", "/api/v1/nowhere");
  // @ts-expect-error the path has no such method
  await client.call("delete", "/api/v1/config");
  // @ts-expect-error the value in the path is missing
  await client.call("delete", "/api/v1/auth/2fa/webauthn/{id}", {});
  // @ts-expect-error the body has no such member
  await client.call("patch", "/api/v1/users/me", { body: { nickname: "Ada" } });
  // @ts-expect-error a method of a factor that does not exist
  await client.answerChallenge({ challenge_token: "c", method: "sms", code: "1" });
}

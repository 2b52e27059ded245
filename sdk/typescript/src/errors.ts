import type { components } from "./openapi.js";

export type Problem = components["schemas"]["Problem"];
export type FieldError = components["schemas"]["FieldError"];

/**
 * What went wrong: a code of the server, or one of the two that no server sends. Codes are never renamed, so a program
 * may switch on them.
 */
export type ErrorCode = components["schemas"]["Code"] | "network_error" | "unexpected_answer";

/** An error of the server, as its answer (RFC 9457) told it. */
export class AuthError extends Error {
  override readonly name = "AuthError";
  readonly code: ErrorCode;
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** A sentence that may be shown to the person. */
  readonly detail: string;
  /** The operator finds the cause by it: `aiwfe-auth explain <id>`. */
  readonly requestId: string | undefined;
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | undefined;
  /** Faults of single fields. */
  readonly fields: readonly FieldError[];

  constructor(code: ErrorCode, status: number, detail: string, more: Partial<Problem> & { cause?: unknown } = {}) {
    super(`${code}: ${detail}`, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.requestId = more.request_id;
    this.retryAfter = more.retry_after;
    this.fields = more.errors ?? [];
  }

  /** Whether it is about one field, such as "/email", and what it says of it. */
  field(pointer: string): FieldError | undefined {
    return this.fields.find((f) => f.pointer === pointer);
  }
}

/** Reads the error that an answer tells of. */
export async function errorOf(answer: Response): Promise<AuthError> {
  const id = answer.headers.get("X-Request-ID") ?? undefined;
  const wait = seconds(answer.headers.get("Retry-After"));
  const about: Partial<Problem> = {};
  if (id !== undefined) about.request_id = id;
  if (wait !== undefined) about.retry_after = wait;
  const problem = await problemOf(answer);
  if (!problem) {
    // A proxy in between answers in its own words. They are no sentence for a person.
    const said = `The answer with status ${answer.status} is none of aiwfe-auth; a proxy may have sent it.`;
    return new AuthError("unexpected_answer", answer.status, said, about);
  }
  return new AuthError(problem.code, answer.status, problem.detail ?? problem.title, { ...problem, ...about });
}

async function problemOf(answer: Response): Promise<Problem | undefined> {
  if (!/^application\/(problem\+)?json\b/.test(answer.headers.get("Content-Type") ?? "")) {
    return undefined;
  }
  try {
    const body: unknown = await answer.json();
    const told = body !== null && typeof body === "object" && "code" in body && typeof body.code === "string";
    return told ? (body as Problem) : undefined;
  } catch {
    return undefined;
  }
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
export function seconds(header: string | null, now = Date.now()): number | undefined {
  if (header === null) {
    return undefined;
  }
  if (/^\d+$/.test(header)) {
    return Number(header);
  }
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}

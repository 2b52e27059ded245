// The types of a call, read from the OpenAPI document: which paths there are, what each takes and what it answers.
import type { paths } from "./openapi.js";

export type Method = "get" | "post" | "patch" | "put" | "delete";

/** The paths that know a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends Record<M, infer O> ? O : never;

type JSONOf<T> = T extends { content: { "application/json": infer B } } ? B : undefined;

/** What a call answers when it succeeds. */
export type AnswerOf<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { responses: infer R } ? { [S in keyof R]: JSONOf<R[S]> }[keyof R] : never;

/** What a call takes as its body. */
export type BodyOf<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { requestBody?: infer B } ? JSONOf<NonNullable<B>> : undefined;

type PathParams<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { parameters: { path: infer V extends Record<string, unknown> } } ? V : undefined;

type Query<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

type OrNothing<K extends string, T> = [T] extends [undefined] ? { [X in K]?: undefined } : { [X in K]: T };

/** What is handed to `call`: the values in the path, the query, the body. */
export type CallOptions<M extends Method, P extends PathOf<M>> = OrNothing<"params", PathParams<M, P>> & {
  body?: BodyOf<M, P>;
  query?: Query<M, P>;
  signal?: AbortSignal | undefined;
};

/** Puts the values into a path. Each is one segment, whatever it holds. */
export function fill(path: string, params: Record<string, unknown> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(params[name] ?? "");
    if (value === "" || value === "." || value === "..") {
      throw new TypeError(`${path} needs a value for ${name}, and ${JSON.stringify(value)} is none.`);
    }
    return encodeURIComponent(value);
  });
}

export { createAuthClient, type AuthClient } from "./client.js";
export { AuthError, type ErrorCode, type FieldError, type Problem } from "./errors.js";
export type { SessionEnd, SessionEndListener } from "./events.js";
export type { ClientOptions } from "./options.js";
export type { FactorMethod, LoginResult, User } from "./result.js";
export type { components, operations, paths } from "./openapi.js";
export type { AnswerOf, BodyOf, CallOptions, Method, PathOf } from "./call.js";

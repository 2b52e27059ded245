// Where this application runs is told by the server, and never guessed from a host name.
export * from "@aiwfe/auth/environment";

"""What those are answered who do not pass: the same through every framework."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote

from ._errors import AuthError, ForeignOrigin, Problem, Unavailable, is_signed_out
from ._identity import Identity, Incoming, Verifier, navigation

PHRASES = {302: "Found", 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable"}


@dataclass(frozen=True)
class Login:
    """Where people sign in: both addresses as users see them. List ``app`` in CORS_ORIGINS of the server."""

    server: str
    app: str

    def url(self, target: str) -> str:
        """The login page that leads back to a path with its query."""
        return f"{self.server.rstrip('/')}/login?next={quote(self.app.rstrip('/') + target, safe='')}"


@dataclass(frozen=True)
class Answer:
    """An answer that is made here."""

    status: int
    header: list[tuple[str, str]]
    body: bytes

    @property
    def line(self) -> str:
        """The status as WSGI wants it."""
        return f"{self.status} {PHRASES[self.status]}"


def problem(status: int, code: str, detail: str, *more: tuple[str, str]) -> Answer:
    """An answer of RFC 9457."""
    body = json.dumps({"title": PHRASES[status], "status": status, "code": code, "detail": detail}).encode()
    return Answer(
        status,
        [
            ("Content-Type", "application/problem+json"),
            ("Cache-Control", "no-store"),
            ("Content-Length", str(len(body))),
            *more,
        ],
        body,
    )


def refusal(err: AuthError, r: Incoming, login: Login | None = None, target: str = "/") -> Answer:
    """What a request is answered that does not pass. It tells nothing of the cause."""
    if isinstance(err, ForeignOrigin):
        return problem(
            403, "origin_not_allowed", "Another site made your browser send this, so it is not done in your name."
        )
    if is_signed_out(err):
        if login is not None and navigation(r):
            return Answer(
                302, [("Location", login.url(target)), ("Cache-Control", "no-store"), ("Content-Length", "0")], b""
            )
        return problem(401, "not_authenticated", "Please sign in.", ("WWW-Authenticate", "Bearer"))
    wait = max(1, err.retry_after) if isinstance(err, Problem) else 1
    return problem(
        503,
        "auth_unavailable",
        "Who you are cannot be checked at the moment. You are still signed in; please try again.",
        ("Retry-After", str(wait)),
    )


def forbidden(detail: str) -> Answer:
    """For who is known and may not."""
    return problem(403, "forbidden", detail)


@dataclass(frozen=True)
class Gate:
    """What the middleware of WSGI and ASGI have in common."""

    verifier: Verifier
    optional: bool = False
    login: Login | None = None
    role: str = ""
    scopes: tuple[str, ...] = ()

    def judge(self, r: Incoming, target: str) -> Identity | None | Answer:
        """Who it is, None for a stranger who may pass, or what to answer."""
        try:
            who = self.verifier.verify(r)
        except AuthError as err:
            return None if self.optional and is_signed_out(err) else refusal(err, r, self.login, target)
        except Exception as err:  # a fault of ours opens nothing and signs nobody out
            return refusal(Unavailable(repr(err)), r)
        if self.role and not who.has_role(self.role):
            return forbidden("Your role may not do this.")
        if not who.has_scope(*self.scopes):
            return forbidden("This credential may not do this.")
        return who

"""Middleware for WSGI (PEP 3333), of Flask, Django and whatever else speaks it.

    app = Require(app, AskStatus(Client("https://auth.example.com")))

Within, ``identity(environ)`` says who it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from ._answer import Answer, Gate, Login
from ._identity import Identity, Incoming, Verifier

KEY = "aiwfe_auth.identity"
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def identity(environ: dict[str, Any]) -> Identity | None:
    """Who the request is from; None for a stranger."""
    who = environ.get(KEY)
    return who if isinstance(who, Identity) else None


class Require:
    """Lets only those pass who are signed in, and have the role and the scopes if any are given."""

    optional = False

    def __init__(
        self, app: App, verifier: Verifier, *, login: Login | None = None, role: str = "", scopes: Iterable[str] = ()
    ) -> None:
        self._app, self._gate = app, Gate(verifier, self.optional, login, role, tuple(scopes))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        judged = self._gate.judge(incoming(environ), target(environ))
        if isinstance(judged, Answer):
            start_response(judged.line, judged.header)
            return [b"" if environ["REQUEST_METHOD"] == "HEAD" else judged.body]
        environ[KEY] = judged
        return self._app(environ, start_response)


class Optional(Require):
    """Lets everybody pass; ``identity`` says whether it is somebody. When that cannot be found out it answers 503."""

    optional = True

    def __init__(self, app: App, verifier: Verifier) -> None:
        super().__init__(app, verifier)


def incoming(environ: dict[str, Any]) -> Incoming:
    """The request as verifiers look at it."""
    return Incoming(
        environ["REQUEST_METHOD"],
        ((name[5:].replace("_", "-"), value) for name, value in environ.items() if name.startswith("HTTP_")),
    )


def target(environ: dict[str, Any]) -> str:
    """The path with its query, as it was asked for."""
    path = quote(
        (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"), safe="/:@!$&'()*+,;=~-._"
    )
    query: str = environ.get("QUERY_STRING", "")
    return (path or "/") + ("?" + query if query else "")

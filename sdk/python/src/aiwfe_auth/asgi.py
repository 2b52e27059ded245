"""Middleware for ASGI 3, on asyncio.

    app = Require(app, AskStatus(Client("https://auth.example.com")))

Within, ``identity(scope)`` says who it is. A WebSocket that does not pass is refused before it begins. One that has
begun goes on when its session ends: ask again now and then, or keep it short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ._answer import Answer, Gate, Login
from ._identity import Identity, Incoming, Verifier

KEY = "aiwfe_auth.identity"
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def identity(scope: Scope) -> Identity | None:
    """Who the request is from; None for a stranger."""
    who = scope.get(KEY)
    return who if isinstance(who, Identity) else None


class Require:
    """Lets only those pass who are signed in, and have the role and the scopes if any are given."""

    optional = False

    def __init__(
        self, app: App, verifier: Verifier, *, login: Login | None = None, role: str = "", scopes: Iterable[str] = ()
    ) -> None:
        self._app, self._gate = app, Gate(verifier, self.optional, login, role, tuple(scopes))
        # Verifiers wait for the network; threads of their own keep the loop free.
        self._threads = ThreadPoolExecutor(32, "aiwfe-auth")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        judged = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._gate.judge, incoming(scope), target(scope)
        )
        if not isinstance(judged, Answer):
            await self._app({**scope, KEY: judged}, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013 if judged.status == 503 else 1008})
        else:
            header = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in judged.header]
            await send({"type": "http.response.start", "status": judged.status, "headers": header})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else judged.body})


class Optional(Require):
    """Lets everybody pass; ``identity`` says whether it is somebody. When that cannot be found out it answers 503."""

    optional = True

    def __init__(self, app: App, verifier: Verifier) -> None:
        super().__init__(app, verifier)


def incoming(scope: Scope) -> Incoming:
    """The request as verifiers look at it."""
    header = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    if scope["type"] == "websocket" and not any(name.lower() == "upgrade" for name, _ in header):
        header.append(("upgrade", "websocket"))
    return Incoming(scope.get("method", "GET"), header)


def target(scope: Scope) -> str:
    """The path with its query, as it was asked for."""
    path: str = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
    query: str = scope.get("query_string", b"").decode("latin-1")
    return path + ("?" + query if query else "")

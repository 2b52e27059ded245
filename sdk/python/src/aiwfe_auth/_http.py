"""One request over HTTP, with what a client of passwords must not do left out."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ._errors import AuthError, Problem, Unavailable, is_unavailable, problem_of

MOST_ANSWER = 4 << 20


@dataclass
class Question:
    """A request. ``again`` says that to ask twice does no harm."""

    method: str
    path: str
    header: dict[str, str] = field(default_factory=dict)
    body: Any = None
    again: bool = False


class Wire:
    """Asks one server. It keeps no cookies, uses no proxy of the environment and follows no redirect."""

    def __init__(self, base: str, timeout: float, patience: float, context: ssl.SSLContext | None) -> None:
        try:
            u = urlsplit(base)
            self._port = u.port
        except ValueError:
            u = urlsplit("")
        if (
            u.scheme not in ("http", "https")
            or not u.hostname
            or u.username is not None
            or u.path.strip("/")
            or u.query
            or u.fragment
        ):
            raise ValueError(
                f"the address of aiwfe-auth is {base!r}; it should be like https://auth.example.com, without a path"
            )
        self.base = f"{u.scheme}://{u.netloc}"
        self._host, self._timeout, self._patience = u.hostname, timeout, patience
        self._context = (context or ssl.create_default_context()) if u.scheme == "https" else None

    def ask(self, q: Question, limit: float | None = None) -> Any:
        """Asks, and waits for what Retry-After says where that is short, until ``limit`` (of time.monotonic)."""
        tries = 0
        while True:
            try:
                return self._once(q, limit)
            except Problem as p:
                tries += 1
                if (
                    not q.again
                    or tries == 3
                    or not 0 < p.retry_after <= self._patience
                    or not is_unavailable(p)
                    or limit is not None
                    and time.monotonic() + p.retry_after > limit
                ):
                    raise
                time.sleep(p.retry_after)

    def _once(self, q: Question, limit: float | None) -> Any:
        timeout = self._timeout if limit is None else min(self._timeout, limit - time.monotonic())
        if timeout <= 0:
            raise Unavailable("no time is left to ask")
        header = {"Accept": "application/json", **q.header}
        body = None
        if q.body is not None:
            header["Content-Type"], body = "application/json", json.dumps(q.body).encode()
        connection = (
            http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._context)
            if self._context
            else http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        )
        try:
            connection.request(q.method, q.path, body, header)
            res = connection.getresponse()
            text = res.read(MOST_ANSWER)
        except (OSError, http.client.HTTPException) as err:
            raise Unavailable(f"ask {q.path}: {type(err).__name__}: {err}") from err
        finally:
            connection.close()
        kind = res.headers.get_content_type() if res.headers.get("Content-Type") else ""
        if not 200 <= res.status <= 299:
            raise problem_of(
                res.status, kind, res.headers.get("Retry-After", ""), res.headers.get("X-Request-ID", ""), text
            )
        if res.status == 204:
            return None
        try:
            if kind in ("application/json", "application/jwk-set+json"):
                return json.loads(text)
        except ValueError:
            pass
        raise problem_of(502, "", "", res.headers.get("X-Request-ID", ""), b"")


def member(answer: Any, name: str, kind: type) -> Any:
    """A member of an answer, which has to be of a kind."""
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, kind):
        raise Unavailable(f"the answer of the server has no {name}")
    return value


__all__ = ["AuthError", "Question", "Wire", "member"]

"""What can go wrong, as types."""

from __future__ import annotations

import json
from typing import Any


class AuthError(Exception):
    """All errors of this package."""


class NoCredential(AuthError):
    """The request shows nothing: a stranger."""

    def __init__(self) -> None:
        super().__init__("no credential was sent")


class Refusal(AuthError):
    """A credential that does not count, found out without asking. The text never contains it."""


class ForeignOrigin(AuthError):
    """Another site made a browser send this with its cookie."""

    def __init__(self) -> None:
        super().__init__("another site made the browser send this")


class Unavailable(AuthError):
    """A question that could not be answered. It says nothing about the person."""


class Problem(AuthError):
    """What the server answered (RFC 9457). Switch on ``code``; the codes are at docs/errors."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        request_id: str = "",
        retry_after: int = 0,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(f"aiwfe-auth answered {status} {code}: {detail} (request {request_id})")
        self.status, self.code, self.detail, self.request_id = status, code, detail, request_id
        self.retry_after, self.errors = retry_after, errors or []


def is_signed_out(err: BaseException | None) -> bool:
    """True for what only signing in can mend; never when the server or its database was away."""
    return isinstance(err, (NoCredential, Refusal)) or isinstance(err, Problem) and err.status == 401


def is_unavailable(err: BaseException | None) -> bool:
    """True for what may be right again in a moment: no answer, 429 and 5xx."""
    return isinstance(err, Unavailable) or isinstance(err, Problem) and (err.status >= 500 or err.status == 429)


def problem_of(status: int, kind: str, retry_after: str, request_id: str, body: bytes) -> Problem:
    """Reads an answer that is no success.

    One that the server did not write, such as the page of a proxy, counts as 502: a 401 means "signed out" in the
    server's own words only.
    """
    wait = (
        min(int(retry_after), 86400) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 9 else 0
    )
    said: Any = None
    if kind == "application/problem+json":
        try:
            said = json.loads(body)
        except ValueError:
            pass
    if isinstance(said, dict) and isinstance(said.get("code"), str) and said["code"]:
        errors = said.get("errors")
        return Problem(
            status,
            said["code"],
            str(said.get("detail") or said.get("title") or ""),
            str(said.get("request_id", "")),
            wait,
            errors if isinstance(errors, list) else [],
        )
    return Problem(
        max(status, 502) if status >= 500 else 502,
        "unexpected_answer",
        "The answer is none of aiwfe-auth; look at what stands between.",
        request_id,
        wait,
    )

"""Who asks, and what says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ._errors import NoCredential


@dataclass(frozen=True)
class Identity:
    """Who asks. ``id`` never changes and is never given to another person, as an address may be: know people by it."""

    id: str
    session_id: str
    email: str = ""
    name: str = ""
    groups: tuple[str, ...] = ()  # the role: user or admin
    scopes: tuple[str, ...] = ()  # what this credential may: read, write, admin
    method: str = ""  # how the session began, such as password+totp or passkey
    auth_time: int | None = None  # when the person last proved who they are, where the verifier is told
    bearer: bool = False  # whether a token was shown, not a cookie

    def has_role(self, *roles: str) -> bool:
        """Whether the person has one of the roles."""
        return any(r in self.groups for r in roles)

    def has_scope(self, *scopes: str) -> bool:
        """Whether the credential has all of the scopes."""
        return all(s in self.scopes for s in scopes)


class Incoming:
    """A request as verifiers look at it: a method and headers, each name with all its values."""

    def __init__(self, method: str, header: Iterable[tuple[str, str]]) -> None:
        self.method = method.upper()
        self._header: dict[str, list[str]] = {}
        for name, value in header:
            self._header.setdefault(name.lower(), []).append(value)

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return self._header.get(name.lower(), [])

    def get(self, name: str) -> str:
        """The values of a header as one text, "" without any."""
        return ", ".join(self.all(name))


class Verifier(Protocol):
    """Says who sent a request, or raises.

    NoCredential is for a stranger, what is_signed_out is true of for a credential that does not count, and what
    is_unavailable is true of for what could not be found out.
    """

    def verify(self, r: Incoming) -> Identity:
        ...


class First:
    """Asks one verifier after the other until one is shown a credential. The word of that one is final."""

    def __init__(self, *verifiers: Verifier) -> None:
        self._verifiers = verifiers

    def verify(self, r: Incoming) -> Identity:
        """Says who it is."""
        for v in self._verifiers:
            try:
                return v.verify(r)
            except NoCredential:
                continue
        raise NoCredential


def unsafe(r: Incoming) -> bool:
    """Whether a request may change something; one that begins a WebSocket may."""
    return r.method not in ("GET", "HEAD", "OPTIONS") or r.get("upgrade") != ""


def foreign(r: Incoming, allowed: Iterable[str]) -> bool:
    """Whether another site may have made the browser send this with its cookie: SameSite stops no sibling host."""
    if not unsafe(r):
        return False
    if r.all("origin"):
        origin = r.get("origin")
        _, _, host = origin.partition("://")
        return origin not in allowed and (host == "" or host.lower() != r.get("host").lower())
    return r.get("sec-fetch-site") not in ("", "same-origin", "none")


def navigation(r: Incoming) -> bool:
    """Whether a person looks at the answer, not a script."""
    return (
        r.method in ("GET", "HEAD")
        and "text/html" in r.get("accept")
        and r.get("sec-fetch-mode") in ("", "navigate")
        and not r.all("x-requested-with")
        and not r.all("upgrade")
    )

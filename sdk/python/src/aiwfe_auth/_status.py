"""Who it is, by asking the server."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from ._client import API, Client
from ._errors import ForeignOrigin, NoCredential, Refusal, Unavailable
from ._http import Question, member
from ._identity import Identity, Incoming, foreign

SESSION_COOKIES = ("aiwfe_session", "__Host-aiwfe_session", "__Secure-aiwfe_session")
PLAIN = re.compile(r"[!-~]{1,8192}", re.ASCII)
COOKIE_VALUE = re.compile(r"[\w.-]{1,200}", re.ASCII)
MOST_REMEMBERED = 2.0


class AskStatus:
    """Hands the caller's bearer token, or else the session cookie, to the server, and nothing more.

    ``remember`` is for how many seconds an answer counts, 2 at most and 0 for none: a sign-out is known here that much
    later. ``origins`` may make browsers act for their users, beside this service's own.
    """

    def __init__(
        self, client: Client, *, remember: float = 1.0, entries: int = 10_000, origins: Iterable[str] = ()
    ) -> None:
        self._client, self._origins = client, frozenset(origins)
        self._memory = Memory(min(remember, MOST_REMEMBERED), entries)

    def verify(self, r: Incoming) -> Identity:
        """Says who it is."""
        header, is_bearer = credential(r)
        if not is_bearer and foreign(r, self._origins):
            raise ForeignOrigin
        name = hashlib.sha256(repr(sorted(header.items())).encode()).digest()
        return self._memory.get(name, lambda: self._ask(header, is_bearer))

    def _ask(self, header: dict[str, str], is_bearer: bool) -> Identity:
        got = self._client.wire.ask(Question("GET", API + "/status", header))
        user, session = member(got, "user", dict), member(got, "session", dict)
        if got.get("authenticated") is not True or not member(user, "id", str) or not member(session, "id", str):
            raise Unavailable("the answer of /status says of nobody who it is")
        return Identity(
            id=user["id"],
            session_id=session["id"],
            email=member(user, "email", str),
            name=member(user, "name", str),
            groups=(member(user, "role", str),),
            scopes=tuple(member(got, "scopes", list)),
            method=member(session, "method", str),
            bearer=is_bearer,
        )


def credential(r: Incoming) -> tuple[dict[str, str], bool]:
    """What of a request is handed on: a bearer token if one is shown, else session cookies. One never stands in for the
    other."""
    shown = r.all("authorization")
    if shown:
        scheme, _, token = shown[0].partition(" ")
        if len(shown) != 1 or scheme.lower() != "bearer" or not PLAIN.fullmatch(token) or "," in token:
            raise Refusal("the Authorization header is not of the form: Bearer TOKEN")
        return {"Authorization": "Bearer " + token}, True
    found: list[str] = []
    for part in "; ".join(r.all("cookie")).split(";"):
        name, _, value = part.strip().partition("=")
        if name in SESSION_COOKIES:
            if not COOKIE_VALUE.fullmatch(value) or len(found) == 2 * len(SESSION_COOKIES):
                raise Refusal("the session cookie is none that the server makes")
            found.append(f"{name}={value}")
    if not found:
        raise NoCredential
    return {"Cookie": "; ".join(found)}, False


class Memory:
    """Keeps answers for a moment, by the hash of the credential that they were given to.

    What is kept lies in two halves; when one is full or old, the other is forgotten as a whole. One question per
    credential is under way at a time.
    """

    def __init__(self, life: float, entries: int) -> None:
        self._life, self._most = life, max(1, entries // 2)
        self._lock = threading.Lock()
        self._now: dict[bytes, tuple[Identity, float]] = {}
        self._past: dict[bytes, tuple[Identity, float]] = {}
        self._turned = time.monotonic()
        self._flights: dict[bytes, Future[Identity]] = {}

    def get(self, name: bytes, ask: Callable[[], Identity]) -> Identity:
        """Gives what is remembered, or asks. Only good answers are remembered."""
        with self._lock:
            kept = self._now.get(name) or self._past.get(name)
            if kept and time.monotonic() < kept[1]:
                return kept[0]
            flight = self._flights.get(name)
            mine = flight is None
            if flight is None:
                flight = self._flights[name] = Future()
        if mine:
            self._fly(name, flight, ask)
        return flight.result()

    def _fly(self, name: bytes, flight: Future[Identity], ask: Callable[[], Identity]) -> None:
        asked = time.monotonic()
        try:
            who = ask()
        except BaseException as err:
            with self._lock:
                del self._flights[name]
            flight.set_exception(err)
            return
        with self._lock:
            del self._flights[name]
            if self._life > 0:
                self._keep(name, who, asked + self._life)  # from the asking on: the answer was true then
        flight.set_result(who)

    def _keep(self, name: bytes, who: Identity, until: float) -> None:
        if len(self._now) >= self._most or time.monotonic() - self._turned > self._life:
            self._past, self._now, self._turned = self._now, {}, time.monotonic()
        self._now[name] = (who, until)

    def __len__(self) -> int:
        return len(self._now) + len(self._past)

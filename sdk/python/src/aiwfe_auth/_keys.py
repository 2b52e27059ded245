"""The public keys of a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ._client import Client
from ._errors import AuthError, Refusal, Unavailable
from ._http import Question, member
from ._strict import decode64, text_of

JWKS_PATH = "/.well-known/jwks.json"
REFETCH = 3.0  # how soon an unknown key is looked for again: whoever invents names makes no more requests than that
FRESH = 300.0  # after which keys are asked for again, so that a withdrawn one stops to count
MOST = 3600.0  # for how long they count when nobody answers


class Keys:
    """Keys by their names, from /.well-known/jwks.json."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._known: dict[str, bytes] = {}
        self._at = self._tried = -MOST
        self._error: AuthError | None = None

    def by_id(self, kid: str) -> bytes:
        """A key. One that there is not is a Refusal; when it cannot be known, because nobody answers, Unavailable."""
        key, sure = self._look(kid)
        if key is not None and sure:
            return key
        with self._asking:  # one at a time; who waited finds what the other has brought
            key, sure = self._look(kid)
            if not (key is not None and sure) and self._clock() - self._tried >= REFETCH:
                self._fetch()
                key, _ = self._look(kid)
        if key is not None:
            return key
        if self._error is not None:
            raise Unavailable(f"the keys of the server are not known: {self._error}")
        raise Refusal("the assertion is signed by a key that the server does not have")

    def _look(self, kid: str) -> tuple[bytes | None, bool]:
        with self._lock:
            age = self._clock() - self._at
            return (self._known.get(kid) if age < MOST else None), age < FRESH

    def _fetch(self) -> None:
        asked = self._clock()
        try:
            known, error = self._ask(), None
        except AuthError as err:
            known, error = None, err
        with self._lock:
            self._error, self._tried = error, self._clock()
            if known is not None:
                self._known, self._at = known, asked

    def _ask(self) -> dict[str, bytes]:
        known: dict[str, bytes] = {}
        for one in member(self._client.wire.ask(Question("GET", JWKS_PATH)), "keys", list):
            found = public_key(one)
            if found is None:
                continue  # of another kind, for another use
            if found[0] in known:
                raise Unavailable("two keys of the server have one name")
            known[found[0]] = found[1]
        if not known:
            raise Unavailable("the server has no key of assertions")
        return known


def public_key(one: object) -> tuple[str, bytes] | None:
    """A key for Ed25519 signatures (RFC 8037) and its name."""
    if not isinstance(one, dict) or one.get("kty") != "OKP" or one.get("crv") != "Ed25519":
        return None
    if one.get("alg", "EdDSA") != "EdDSA" or one.get("use", "sig") != "sig":
        return None
    try:
        name, key = text_of(one, "kid"), decode64(text_of(one, "x"))
    except ValueError:
        return None
    return (name, key) if len(key) == 32 else None

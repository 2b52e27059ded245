"""Who it is, by the signed header of the gateway or of forward-auth."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from typing import Any

from ._client import Client
from ._ed25519 import verify
from ._errors import NoCredential, Refusal
from ._identity import Identity, Incoming, Verifier
from ._keys import Keys
from ._strict import decode64, parse_object, seconds_of, text_of, texts_of

HEADER = "X-Auth-Assertion"
TYPE = "aiwfe-assertion+jwt"
MOST = 8 << 10
LEEWAY = 30
LONGEST_LIFE = 120  # what an assertion may say of itself; the server says a minute
REMEMBERED = 5_000


class Assertions:
    """Verifies X-Auth-Assertion, for a service behind the gateway or forward-auth.

    ``audience`` are the hosts that this service is asked for by, without a port: an assertion for another application
    is none here. ``issuer`` is PUBLIC_URL of the server, if the client asks it by another address. ``revocation``, if
    given, is asked as well (AskStatus of the same client): the request then has to bring its cookie or token, and the
    answer has to be about the same session. Without it an assertion counts until it expires.
    """

    def __init__(
        self,
        client: Client,
        *,
        audience: Iterable[str],
        issuer: str = "",
        revocation: Verifier | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._audience = frozenset([audience] if isinstance(audience, str) else audience)
        if not self._audience or "" in self._audience:
            raise ValueError("audience needs the host of this service, such as app.example.com")
        self._issuer, self._revocation, self._clock = issuer or client.base, revocation, clock
        self._keys = Keys(client, clock)
        # Signatures that were right, and by which key: the same assertion comes for half a minute.
        self._right: dict[bytes, bytes] = {}

    def verify(self, r: Incoming) -> Identity:
        """Looks at the header, and at nothing else that a client could write."""
        sent = r.all(HEADER)
        if not sent or sent == [""]:
            raise NoCredential  # the gateway says of a stranger that it is nobody
        if len(sent) > 1:
            raise Refusal("more than one assertion was sent")
        try:
            who = self._check(sent[0])
        except ValueError as err:
            raise Refusal(f"the assertion: {err}") from None
        if self._revocation is None:
            return who
        try:
            now = self._revocation.verify(r)
        except NoCredential:
            raise Refusal("an assertion came without the cookie or token that its session is asked after by") from None
        if now.session_id != who.session_id or now.id != who.id:
            raise Refusal("the assertion is of another session than the cookie or token")
        return now

    def _check(self, text: str) -> Identity:
        parts = text.split(".")
        if len(text) > MOST or len(parts) != 3:
            raise ValueError("it is no compact JWT")
        head, claims, signature = (decode64(part) for part in parts)
        key = self._keys.by_id(kid_of(parse_object(head)))
        name = hashlib.sha256(text.encode()).digest()
        if self._right.get(name) != key:
            if not verify(key, f"{parts[0]}.{parts[1]}".encode(), signature):
                raise ValueError("its signature is wrong")
            if len(self._right) >= REMEMBERED:
                self._right = {}
            self._right[name] = key
        return self._identity(parse_object(claims))

    def _identity(self, c: dict[str, Any]) -> Identity:
        issued, expires, start = seconds_of(c, "iat"), seconds_of(c, "exp"), seconds_of(c, "nbf", needed=False)
        assert issued is not None and expires is not None
        now = self._clock()
        if text_of(c, "iss") != self._issuer:
            raise ValueError("iss is another server")
        if text_of(c, "aud") not in self._audience:
            raise ValueError("aud is another application")
        if now >= expires + LEEWAY:
            raise ValueError("it has expired")
        if now < issued - LEEWAY or start is not None and now < start - LEEWAY:
            raise ValueError("it is of a time to come; compare the clocks")
        if not issued < expires <= issued + LONGEST_LIFE:
            raise ValueError("it says that it lives for longer than any does")
        return Identity(
            id=text_of(c, "sub"),
            session_id=text_of(c, "sid"),
            email=text_of(c, "email", needed=False),
            name=text_of(c, "name", needed=False),
            groups=texts_of(c, "groups"),
            scopes=texts_of(c, "scopes"),
            method=text_of(c, "method", needed=False),
            auth_time=seconds_of(c, "auth_time", needed=False),
        )


def kid_of(head: dict[str, Any]) -> str:
    """The name of the key. One algorithm and one type: no token of another kind passes, nor one "signed" otherwise."""
    if head.get("alg") != "EdDSA":
        raise ValueError("alg is not EdDSA")
    if head.get("typ") != TYPE:
        raise ValueError(f"typ is not {TYPE}")
    if "crit" in head:
        raise ValueError("it has a crit header, of which nothing is known here")
    return text_of(head, "kid")

"""The client of the API."""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ._errors import Problem, is_signed_out
from ._http import Question, Wire, member

API = "/api/v1/auth"
EARLY = 30.0  # seconds before its end in which an access token is renewed


@dataclass(frozen=True)
class Tokens:
    """What a program holds of its session. Keep them as a password is kept."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    session_id: str = ""
    expires: float = 0.0  # of time.time()


class Client:
    """Asks one aiwfe-auth. It keeps no cookies, so that it can serve many people at once without mixing them.

    ``base`` is the address that users type. ``patience`` is for how many seconds a question that changes nothing may
    wait for what Retry-After says. It is safe for use by many threads.
    """

    def __init__(
        self, base: str, *, timeout: float = 10.0, patience: float = 3.0, context: ssl.SSLContext | None = None
    ) -> None:
        self.wire = Wire(base, timeout, patience, context)
        self.base = self.wire.base
        self._csrf = ""

    def login(self, email: str, password: str) -> SignedIn | Challenge:
        """Signs in. With a second factor due it is a Challenge, and nobody is signed in yet."""
        return self._outcome("/jwt/login", {"email": email, "password": password})

    def resume(self, tokens: Tokens) -> SignedIn:
        """Takes up a session whose tokens were kept.

        A personal access token has no refresh token, and is used as it is: ``Tokens("aiwfe_pat_...")``.
        """
        return SignedIn(self, tokens)

    def _outcome(self, path: str, body: dict[str, Any]) -> SignedIn | Challenge:
        asked = time.time()
        got = self._with_csrf(Question("POST", API + path, body=body))
        if got.get("requires_2fa") or got.get("enrollment_required"):
            return Challenge(
                self,
                member(got, "challenge_token", str),
                list(got.get("methods") or ()),
                bool(got.get("enrollment_required")),
            )
        return SignedIn(self, tokens_of(got, asked))

    def _with_csrf(self, q: Question) -> Any:
        # The token belongs to nobody, so it is kept. One that has expired is refused before a password is looked at:
        # to ask once more with a new one costs no attempt.
        used = self._csrf or self._new_csrf()
        q.header["X-CSRF-TOKEN"] = used
        try:
            return self.wire.ask(q)
        except Problem as p:
            if p.code not in ("csrf_token_expired", "csrf_token_invalid"):
                raise
        q.header["X-CSRF-TOKEN"] = self._new_csrf()
        return self.wire.ask(q)

    def _new_csrf(self) -> str:
        token: str = member(self.wire.ask(Question("GET", API + "/csrf-token", again=True)), "csrf_token", str)
        self._csrf = token
        return token


@dataclass
class Challenge:
    """A login that waits for its second factor."""

    client: Client = field(repr=False)
    token: str = field(repr=False)
    methods: list[str]
    enrollment_required: bool

    def answer(self, method: str, code: str) -> SignedIn:
        """Gives the code of an authenticator app, or a backup code. It counts once, so it is sent once."""
        out = self.client._outcome("/2fa/challenge", {"challenge_token": self.token, "method": method, "code": code})
        assert isinstance(out, SignedIn)
        return out


class SignedIn:
    """One session of one person. Safe for use by many threads; asks for the next access token by itself."""

    def __init__(self, client: Client, tokens: Tokens) -> None:
        self._client, self._tokens = client, tokens
        self._refreshing = threading.Lock()

    @property
    def tokens(self) -> Tokens:
        """Those of this moment, to be kept for Client.resume."""
        return self._tokens

    def access_token(self) -> str:
        """One that is good for a while, for the Authorization header of services that ask this server."""
        used = self._tokens
        if used.refresh_token and used.expires - time.time() <= EARLY:
            self.refresh(used)
        return self._tokens.access_token

    def refresh(self, old: Tokens) -> None:
        """Asks for the next tokens, unless that was done since ``old``.

        Each refresh token counts once: threads that come at the same time wait for one request.
        """
        with self._refreshing:
            if self._tokens is not old:
                return
            asked = time.time()
            # The same device that asks again at once gets the same child, so that asking twice does no harm.
            self._tokens = tokens_of(
                self._client.wire.ask(
                    Question("POST", API + "/jwt/refresh", body={"refresh_token": old.refresh_token}, again=True)
                ),
                asked,
            )

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Asks any endpoint as the person, and gives the JSON of the answer."""
        self.access_token()
        for last in (False, True):
            used = self._tokens
            try:
                return self._client.wire.ask(
                    Question(
                        method, path, {"Authorization": "Bearer " + used.access_token}, body, again=method == "GET"
                    )
                )
            except Problem as p:
                if last or not used.refresh_token or p.code != "token_expired":
                    raise
                self.refresh(used)

    def me(self) -> dict[str, Any]:
        """The own account."""
        return dict(self.ask("GET", "/api/v1/users/me"))

    def status(self) -> dict[str, Any]:
        """Who is signed in, with which session and scopes."""
        return dict(self.ask("GET", API + "/status"))

    def sessions(self) -> list[dict[str, Any]]:
        """The own live ones, this one first."""
        return list(member(self.ask("GET", API + "/sessions"), "items", list))

    def end_session(self, session_id: str) -> None:
        """Ends one own session."""
        self.ask("DELETE", f"{API}/sessions/{quote(session_id, safe='')}")

    def end_other_sessions(self) -> int:
        """Ends all but this one, and says how many."""
        return int(member(self.ask("DELETE", API + "/sessions"), "ended", int))

    def logout(self) -> None:
        """Ends this session everywhere."""
        try:
            self.ask("POST", API + "/jwt/logout")
        except Problem as p:
            if not is_signed_out(p):
                raise


def tokens_of(got: Any, asked: float) -> Tokens:
    """The tokens of an answer."""
    return Tokens(
        member(got, "access_token", str),
        str(got.get("refresh_token", "")),
        member(got, "session_id", str),
        asked + member(got, "expires_in", int),
    )

"""aiwfe-auth for Python: a client of its API, and middleware that says who is asking.

    from aiwfe_auth import AskStatus, Client
    from aiwfe_auth.wsgi import Require

    app = Require(app, AskStatus(Client("https://auth.example.com")))

The standard library is all it needs. ``aiwfe_auth.wsgi`` and ``aiwfe_auth.asgi`` are
middleware without a framework, ``aiwfe_auth.fastapi`` has dependencies for FastAPI.

A server or a database that is away is never taken for "signed out": it is an
``Unavailable``, and the middleware answers 503.
"""

from ._answer import Login
from ._assertion import Assertions
from ._client import Challenge, Client, SignedIn, Tokens
from ._errors import (
    AuthError,
    ForeignOrigin,
    NoCredential,
    Problem,
    Refusal,
    Unavailable,
    is_signed_out,
    is_unavailable,
)
from ._identity import First, Identity, Incoming, Verifier
from ._status import AskStatus

__all__ = [
    "AskStatus",
    "Assertions",
    "AuthError",
    "Challenge",
    "Client",
    "First",
    "ForeignOrigin",
    "Identity",
    "Incoming",
    "Login",
    "NoCredential",
    "Problem",
    "Refusal",
    "SignedIn",
    "Tokens",
    "Unavailable",
    "Verifier",
    "is_signed_out",
    "is_unavailable",
]

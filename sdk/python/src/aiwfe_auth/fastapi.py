"""Dependencies for FastAPI.

    setup(app, AskStatus(Client("https://auth.example.com")))

    @app.get("/mine")
    def mine(user: Identity = Depends(current_user)): ...

    @app.get("/admin", dependencies=[Depends(require_role("admin"))])
    def admin(): ...

For a WebSocket take the middleware of aiwfe_auth.asgi.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Depends, FastAPI, HTTPException, Request, Response

from ._answer import Answer, Gate, Login, forbidden
from ._identity import Identity, Verifier
from .asgi import incoming, target


class Refused(HTTPException):
    """What does not pass; setup has it answered as RFC 9457 says."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status, headers=dict(answer.header))
        self.answer = answer


def setup(app: FastAPI, verifier: Verifier, *, login: Login | None = None) -> None:
    """Says what the dependencies of an application ask. With ``login``, people who are not signed in are sent there."""
    app.state.aiwfe_auth = (Gate(verifier, login=login), Gate(verifier, optional=True))
    app.add_exception_handler(Refused, _answer)


# FastAPI runs functions that are not async in threads, so that to wait here holds nobody up.
def current_user(request: Request) -> Identity:
    """Who the request is from. Others are answered 401, and 503 when it cannot be found out."""
    return _somebody(request, _gates(request)[0])


def optional_user(request: Request) -> Identity | None:
    """Who the request is from; None for a stranger. 503 when it cannot be found out."""
    return _judge(request, _gates(request)[1])


def verified_by(verifier: Verifier, *, login: Login | None = None) -> Callable[..., Identity]:
    """current_user by another verifier than that of setup."""
    gate = Gate(verifier, login=login)

    def dependency(request: Request) -> Identity:
        return _somebody(request, gate)

    return dependency


def require_role(*roles: str) -> Callable[..., Identity]:
    """A dependency that is somebody with one of the roles."""

    def dependency(user: Identity = Depends(current_user)) -> Identity:
        if not user.has_role(*roles):
            raise Refused(forbidden("Your role may not do this."))
        return user

    return dependency


def require_scope(*scopes: str) -> Callable[..., Identity]:
    """A dependency that is somebody with all of the scopes. Ask for write where something is changed."""

    def dependency(user: Identity = Depends(current_user)) -> Identity:
        if not user.has_scope(*scopes):
            raise Refused(forbidden("This credential may not do this."))
        return user

    return dependency


def _gates(request: Request) -> tuple[Gate, Gate]:
    gates: tuple[Gate, Gate] | None = getattr(request.app.state, "aiwfe_auth", None)
    if gates is None:
        raise RuntimeError("aiwfe_auth.fastapi: call setup(app, verifier) for the application that this route is of")
    return gates


def _judge(request: Request, gate: Gate) -> Identity | None:
    judged = gate.judge(incoming(request.scope), target(request.scope))
    if isinstance(judged, Answer):
        raise Refused(judged)
    return judged


def _somebody(request: Request, gate: Gate) -> Identity:
    who = _judge(request, gate)
    assert who is not None  # only an optional gate lets strangers pass
    return who


def _answer(_: Request, err: Exception) -> Response:
    assert isinstance(err, Refused)
    return Response(err.answer.body, err.answer.status, dict(err.answer.header))

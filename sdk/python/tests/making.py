"""What tests make: signatures, assertions, and a server that answers as it is told."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiwfe_auth import Incoming
from aiwfe_auth import _ed25519 as ed

NOON = 1_800_000_000


def times(n: int, point: ed.Point) -> ed.Point:
    out = ed.ZERO
    for bit in bin(n)[2:]:
        out = ed.double(out)
        if bit == "1":
            out = ed.add(out, point)
    return out


def secret(seed: bytes) -> tuple[int, bytes]:
    h = hashlib.sha512(seed).digest()
    return int.from_bytes(h[:32], "little") & ~7 & (1 << 254) - 1 | 1 << 254, h[32:]


def public_of(seed: bytes) -> bytes:
    return ed.encode(times(secret(seed)[0], ed.BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    a, prefix = secret(seed)
    key = public_of(seed)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % ed.L
    point = ed.encode(times(r, ed.BASE))
    k = int.from_bytes(hashlib.sha512(point + key + message).digest(), "little") % ed.L
    return point + ((r + k * a) % ed.L).to_bytes(32, "little")


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def seed(name: str) -> bytes:
    return name[0].encode() * 32


def jwks(*names: str) -> dict[str, Any]:
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": n, "x": b64(public_of(seed(n)))}
            for n in names
        ]
    }


HEAD = '{"alg":"EdDSA","kid":"one","typ":"aiwfe-assertion+jwt"}'


def claims(**changes: Any) -> str:
    """A good assertion in which claims were changed; None takes one away."""
    c: dict[str, Any] = {
        "iss": "https://auth.example.com",
        "aud": "app.example.com",
        "sub": "7",
        "email": "ada@example.com",
        "name": "Ada",
        "groups": ["user"],
        "scopes": ["read"],
        "sid": "ses_1",
        "method": "password",
        "iat": NOON,
        "exp": NOON + 60,
    }
    c.update(changes)
    return json.dumps({k: v for k, v in c.items() if v is not None})


def signed(key: str, head: str | bytes, body: str | bytes) -> str:
    head, body = (x.encode() if isinstance(x, str) else x for x in (head, body))
    text = b64(head) + "." + b64(body)
    return text + "." + b64(sign(seed(key), text.encode()))


def incoming(*header: tuple[str, str], method: str = "GET") -> Incoming:
    return Incoming(method, (("Host", "app.example.com"), *header))


Reply = tuple[int, dict[str, str], Any]


class Fake:
    """A server that gives what ``reply`` returns for a method, a path, headers and a body."""

    def __init__(self, reply: Callable[[str, str, Any, bytes], Reply]) -> None:
        self.reply, self.asked = reply, 0
        lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                with lock:
                    outer.asked += 1
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, header, value = outer.reply(self.command, self.path, self.headers, body)
                text = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                kind = "application/json" if status < 400 else "application/problem+json"
                for name, said in {"Content-Type": kind, "Content-Length": str(len(text)), **header}.items():
                    self.send_header(name, said)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def problem(status: int, code: str, after: str = "") -> Reply:
    return (
        status,
        {"Retry-After": after} if after else {},
        {"status": status, "code": code, "title": "T", "request_id": "req_1"},
    )


def status_of(who: str) -> Reply:
    """What /status answers of somebody."""
    return (
        200,
        {},
        {
            "authenticated": True,
            "user": {
                "id": who,
                "email": who + "@example.com",
                "name": who,
                "role": "admin" if who == "root" else "user",
            },
            "session": {"id": "ses_" + who, "method": "password"},
            "scopes": ["read"],
        },
    )


def statuses(_method: str, _path: str, header: Any, _body: bytes) -> Reply:
    """Answers as the server does, by what it is shown."""
    who = header.get("Authorization", "").removeprefix("Bearer ") + header.get("Cookie", "").removeprefix(
        "aiwfe_session="
    )
    return problem(401, "session_ended") if who == "dead" else status_of(who)

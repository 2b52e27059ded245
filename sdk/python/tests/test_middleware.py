import asyncio
import threading
import unittest
from typing import Any
from wsgiref.util import setup_testing_defaults

from aiwfe_auth import AskStatus, Client, Login, NoCredential, Refusal, asgi, wsgi
from aiwfe_auth._status import Memory
from making import Fake, Reply, incoming, problem, statuses

EVIL, OWN = ("Origin", "https://evil.example"), ("Origin", "http://app.example.com")
ADA = ("Cookie", "x=y; aiwfe_session=ada")
LOGIN = Login("https://auth.example.com", "https://app.example.com")
HTML = ("Accept", "text/html")

# kind, options, method, headers, status, part of the body
TABLE: list[tuple[str, dict[str, Any], str, list[tuple[str, str]], int, str]] = [
    ("Require", {}, "GET", [("Authorization", "Bearer ada")], 200, "ada"),
    ("Require", {}, "GET", [ADA], 200, "ada"),
    ("Require", {}, "GET", [("Authorization", "Bearer ada"), ("Cookie", "aiwfe_session=bob")], 200, "ada"),
    (
        "Require",
        {},
        "GET",
        [("Authorization", "Bearer dead"), ("Cookie", "aiwfe_session=bob")],
        401,
        "not_authenticated",
    ),
    (
        "Require",
        {},
        "GET",
        [("Authorization", "Basic eDp5"), ("Cookie", "aiwfe_session=bob")],
        401,
        "not_authenticated",
    ),
    (
        "Require",
        {},
        "GET",
        [("Authorization", "Bearer ada"), ("Authorization", "Bearer bob")],
        401,
        "not_authenticated",
    ),
    ("Require", {}, "GET", [("Cookie", 'aiwfe_session="ada"')], 401, "not_authenticated"),
    ("Require", {}, "GET", [], 401, "not_authenticated"),
    (
        "Require",
        {},
        "GET",
        [("Remote-User", "root"), ("X-Auth-Request-User", "root"), ("X-Auth-Session-Id", "ses_1")],
        401,
        "not_authenticated",
    ),
    ("Require", {"login": LOGIN}, "GET", [HTML], 302, ""),
    ("Require", {"login": LOGIN}, "GET", [("Accept", "*/*")], 401, "not_authenticated"),
    ("Require", {"login": LOGIN}, "POST", [HTML], 401, "not_authenticated"),
    ("Optional", {}, "GET", [], 200, "stranger"),
    ("Optional", {}, "GET", [("Cookie", "aiwfe_session=dead")], 200, "stranger"),
    ("Optional", {}, "GET", [ADA], 200, "ada"),
    ("Optional", {}, "POST", [ADA, ("Sec-Fetch-Site", "same-site")], 403, "origin_not_allowed"),
    ("Require", {}, "POST", [ADA, EVIL], 403, "origin_not_allowed"),
    ("Require", {}, "POST", [ADA, ("Origin", "null")], 403, "origin_not_allowed"),
    ("Require", {}, "GET", [ADA, EVIL, ("Upgrade", "websocket")], 403, "origin_not_allowed"),
    ("Require", {}, "POST", [ADA, OWN], 200, "ada"),
    ("Require", {}, "POST", [ADA, ("Origin", "https://www.example.com")], 200, "ada"),
    ("Require", {}, "POST", [("Authorization", "Bearer ada"), EVIL], 200, "ada"),
    ("Require", {"role": "admin"}, "GET", [("Authorization", "Bearer root")], 200, "root"),
    ("Require", {"role": "admin"}, "GET", [ADA], 403, "forbidden"),
    ("Require", {"scopes": ["read", "write"]}, "GET", [ADA], 403, "forbidden"),
    ("Require", {"scopes": ["read"]}, "GET", [ADA], 200, "ada"),
]


def by_wsgi(
    kind: Any, v: Any, options: dict[str, Any], method: str, header: list[tuple[str, str]]
) -> tuple[int, dict[str, str], str]:
    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        who = wsgi.identity(environ)
        start("200 OK", [])
        return [(who.id if who else "stranger").encode()]

    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/page",
        "QUERY_STRING": "a=b",
        "HTTP_HOST": "app.example.com",
    }
    setup_testing_defaults(environ)
    for name, value in header:
        key = "HTTP_" + name.upper().replace("-", "_")
        environ[key] = environ[key] + "," + value if key in environ else value
    got: list[Any] = []
    body = b"".join(getattr(wsgi, kind)(app, v, **options)(environ, lambda status, h: got.extend((status, h))))
    return int(got[0].split()[0]), dict(got[1]), body.decode()


def by_asgi(
    kind: Any, v: Any, options: dict[str, Any], method: str, header: list[tuple[str, str]], type_: str = "http"
) -> tuple[int, dict[str, str], str]:
    async def app(scope: Any, _receive: Any, send: Any) -> None:
        who = asgi.identity(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": (who.id if who else "stranger").encode()})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    raw = [(n.lower().encode(), v.encode()) for n, v in [("Host", "app.example.com"), *header]]
    scope: dict[str, Any] = {"type": type_, "method": method, "path": "/page", "query_string": b"a=b", "headers": raw}
    if type_ == "websocket":
        del scope["method"]
    asyncio.run(getattr(asgi, kind)(app, v, **options)(scope, receive, send))
    if sent[0]["type"] == "websocket.close":
        return sent[0]["code"], {}, ""
    return sent[0]["status"], {n.decode().title(): v.decode() for n, v in sent[0]["headers"]}, sent[1]["body"].decode()


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.instead: Reply | None = None
        self.names: set[str] = set()
        self.hold: threading.Event | None = None

        def reply(method: str, path: str, header: Any, body: bytes) -> Reply:
            self.names.update(name.lower() for name in header)
            if self.hold:
                self.hold.wait(30)
            return self.instead or statuses(method, path, header, body)

        self.server = Fake(reply)
        self.addCleanup(self.server.close)
        self.client = Client(self.server.url, patience=0)


class TestMiddleware(Case):
    def test_table(self) -> None:
        v = AskStatus(self.client, remember=0, origins=["https://www.example.com"])
        for by in (by_wsgi, by_asgi):
            for kind, options, method, header, status, part in TABLE:
                with self.subTest(by=by.__name__, kind=kind, method=method, header=header, **options):
                    got, said, body = by(kind, v, options, method, header)
                    self.assertEqual(got, status)
                    self.assertIn(part, body)
                    if status == 302:
                        self.assertEqual(
                            said["Location"],
                            "https://auth.example.com/login?next=https%3A%2F%2Fapp.example.com%2Fpage%3Fa%3Db",
                        )
                    self.assertEqual(
                        "Bearer" in said.get("WWW-Authenticate", said.get("Www-Authenticate", "")), status == 401
                    )
        self.assertFalse(self.names & {"remote-user", "x-auth-request-user", "origin"}, "handed on")

    def test_what_cannot_be_found_out_is_no_sign_out(self) -> None:
        for self.instead in (
            problem(503, "database_unavailable", "7"),
            problem(429, "too_many_attempts", "7"),
            (401, {"Content-Type": "text/html"}, b""),
            (200, {}, {"authenticated": True}),
            (200, {}, []),
            (302, {"Location": "/login"}, b""),
        ):
            for by in (by_wsgi, by_asgi):
                for kind, options in (("Require", {}), ("Optional", {}), ("Require", {"login": LOGIN})):
                    status, said, _ = by(kind, AskStatus(self.client), options, "GET", [ADA, HTML])
                    self.assertEqual((status, "Set-Cookie" in said), (503, False), self.instead)
                    self.assertGreater(int(said["Retry-After"]), 0)

        class Broken:
            def verify(self, _: Any) -> Any:
                raise RuntimeError("a fault of ours")

        self.assertEqual(by_wsgi("Optional", Broken(), {}, "GET", [ADA])[0], 503)

    def test_websockets(self) -> None:
        v = AskStatus(self.client)
        self.assertEqual(by_asgi("Require", v, {}, "GET", [ADA, EVIL], "websocket")[0], 1008)
        self.assertEqual(by_asgi("Require", v, {}, "GET", [], "websocket")[0], 1008)
        self.assertEqual(by_asgi("Require", v, {}, "GET", [ADA, OWN], "websocket")[2], "ada")
        self.instead = problem(503, "database_unavailable")
        self.assertEqual(by_asgi("Require", v, {}, "GET", [("Cookie", "aiwfe_session=bob")], "websocket")[0], 1013)


class TestMemory(Case):
    def test_answers_are_remembered_for_a_moment(self) -> None:
        v = AskStatus(self.client, entries=4, remember=7200)
        self.assertEqual(v._memory._life, 2.0)
        v._memory = Memory(3600, 4)  # so that no clock decides this test

        def show(name: str, header: str = "Authorization", kind: str = "Bearer ") -> str:
            return v.verify(incoming((header, kind + name))).id

        for _ in range(3):
            self.assertEqual((show("ada"), show("bob")), ("ada", "bob"))
        self.assertEqual(self.server.asked, 2)
        self.assertEqual(show("ada", "Cookie", "aiwfe_session="), "ada")
        self.assertEqual(self.server.asked, 3, "a cookie is no bearer of the same text")
        for _ in range(3):
            with self.assertRaises(Exception):
                show("dead")
        self.assertEqual(self.server.asked, 6, "a refusal is not remembered")
        for n in range(30):
            show("x" * (n + 1))
        self.assertLessEqual(len(v._memory), 4)
        with self.assertRaises(NoCredential):
            v.verify(incoming())
        with self.assertRaises(Refusal):
            v.verify(incoming(("Authorization", "Bearer a\r\nX-Evil: 1")))

    def test_one_question_per_credential_at_a_time(self) -> None:
        self.hold = threading.Event()
        v, wrong = AskStatus(self.client), []
        v._memory = Memory(3600, 100)  # who comes when the answers are there is given them

        def work(name: str) -> None:
            got = v.verify(incoming(("Authorization", "Bearer " + name))).id
            if got != name:
                wrong.append((name, got))

        threads = [threading.Thread(target=work, args=(("ada", "bob")[n % 2],)) for n in range(100)]
        for t in threads:
            t.start()
        while self.server.asked < 2:
            threading.Event().wait(0.001)
        self.hold.set()
        for t in threads:
            t.join()
        self.assertEqual(wrong, [])
        self.assertEqual(self.server.asked, 2)

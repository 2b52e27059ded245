import json
import threading
import time
import unittest
from typing import Any

from aiwfe_auth import Challenge, Client, Problem, SignedIn, Tokens, Unavailable, is_signed_out, is_unavailable
from making import Fake, Reply, problem, status_of

HOUR = 3600.0


def granted(n: int) -> Reply:
    return 200, {}, {"access_token": f"a{n}", "refresh_token": f"r{n}", "session_id": "ses_1", "expires_in": 3600}


def tokens(n: int, life: float = HOUR) -> Tokens:
    return Tokens(f"a{n}", f"r{n}", "ses_1", time.time() + life)


class Case(unittest.TestCase):
    def office(self, **routes: Any) -> tuple[Fake, Client]:
        """A server whose answers are written by the last part of the path."""

        def reply(_method: str, path: str, header: Any, body: bytes) -> Reply:
            name = path.rsplit("/", 1)[1].replace("-", "_")
            return (
                routes[name](header, json.loads(body) if body else None)
                if name in routes
                else problem(404, "not_found")
            )

        fake = Fake(reply)
        self.addCleanup(fake.close)
        return fake, Client(fake.url)


class TestLogin(Case):
    def test_a_new_csrf_token_is_fetched_once(self) -> None:
        made: list[int] = []
        good = "2"

        def token(*_: Any) -> Reply:
            made.append(0)
            return 200, {}, {"csrf_token": str(len(made))}

        _, c = self.office(
            csrf_token=token,
            login=lambda h, _: granted(0) if h["X-CSRF-TOKEN"] == good else problem(403, "csrf_token_expired"),
        )
        got = c.login("ada@example.com", "x")
        assert isinstance(got, SignedIn)
        self.assertEqual((got.tokens.access_token, len(made)), ("a0", 2))
        c.login("ada@example.com", "x")
        self.assertEqual(len(made), 2, "it is kept")
        good = "none"
        with self.assertRaises(Problem) as caught:
            c.login("ada@example.com", "x")
        self.assertEqual((caught.exception.code, len(made)), ("csrf_token_expired", 3))
        self.assertNotIn("a0", repr(got.tokens) + str(got.tokens))

    def test_second_factor(self) -> None:
        _, c = self.office(
            csrf_token=lambda *_: (200, {}, {"csrf_token": "1"}),
            login=lambda *_: (200, {}, {"requires_2fa": True, "challenge_token": "c", "methods": ["totp"]}),
            challenge=lambda _, b: granted(1)
            if b == {"challenge_token": "c", "method": "totp", "code": "123456"}
            else problem(401, "invalid_code"),
        )
        waits = c.login("ada@example.com", "x")
        assert isinstance(waits, Challenge)
        self.assertEqual((waits.methods, waits.enrollment_required), (["totp"], False))
        with self.assertRaises(Problem):
            waits.answer("totp", "0")
        self.assertEqual(waits.answer("totp", "123456").tokens.access_token, "a1")


class TestRefresh(Case):
    def test_one_for_all(self) -> None:
        refreshed: list[str] = []

        def refresh(_: Any, body: Any) -> Reply:
            refreshed.append(body["refresh_token"])
            return granted(1) if body["refresh_token"] == "r0" else problem(401, "session_ended")

        _, c = self.office(
            refresh=refresh,
            status=lambda h, _: status_of("7") if h["Authorization"] == "Bearer a1" else problem(401, "token_expired"),
        )
        one, faults = c.resume(tokens(0)), []

        def work() -> None:
            try:
                assert one.status()["user"]["id"] == "7"
            except Exception as err:
                faults.append(err)

        threads = [threading.Thread(target=work) for _ in range(50)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual((faults, refreshed, one.tokens.refresh_token), ([], ["r0"], "r1"))

    def test_before_the_end(self) -> None:
        _, c = self.office(refresh=lambda *_: granted(1))
        self.assertEqual(c.resume(tokens(0, 29)).access_token(), "a1")
        self.assertEqual(c.resume(tokens(0, 60)).access_token(), "a0")


class TestFaults(Case):
    def test_retry_after(self) -> None:
        for status, code, after, patience, asked, fine in (
            (503, "database_unavailable", "1", 3.0, 2, True),
            (429, "too_many_attempts", "1", 3.0, 2, True),
            (503, "database_unavailable", "60", 3.0, 1, False),
            (503, "database_unavailable", "1", 0.0, 1, False),
            (503, "database_unavailable", "", 3.0, 1, False),
            (401, "session_ended", "1", 3.0, 1, False),
        ):
            with self.subTest(status=status, after=after, patience=patience):
                fake, _ = self.office(
                    status=lambda *_: problem(status, code, after) if fake.asked == 1 else status_of("7")
                )
                err = None
                try:
                    Client(fake.url, patience=patience).resume(tokens(0)).status()
                except Problem as p:
                    err = p
                    self.assertEqual(
                        (p.status, p.code, p.request_id, p.retry_after), (status, code, "req_1", int(after or 0))
                    )
                self.assertEqual((fake.asked, err is None), (asked, fine))
                self.assertEqual(is_signed_out(err), status == 401)

    def test_what_the_server_did_not_say_is_no_sign_out(self) -> None:
        for reply in (
            (401, {"Content-Type": "text/html"}, b"<h1>Unauthorized</h1>"),
            (302, {"Location": "/login"}, b""),
            (200, {}, b"nonsense"),
            (200, {"Content-Type": "text/html"}, b"<html>"),
            (401, {}, b"[]"),
            (404, {}, b""),
        ):
            _, c = self.office(status=lambda *_: reply)
            with self.assertRaises(Problem) as caught:
                c.resume(tokens(0)).status()
            self.assertTrue(is_unavailable(caught.exception) and not is_signed_out(caught.exception), reply)
        fake, c = self.office()
        fake.close()
        fake._server.server_close()
        with self.assertRaises(Unavailable):
            c.resume(tokens(0)).status()

    def test_addresses(self) -> None:
        for bad in (
            "",
            "auth.example.com",
            "ftp://a",
            "https://",
            "https://u:p@a",
            "https://a/path",
            "https://a?x",
            "https://a#x",
            "http://a:x",
        ):
            with self.assertRaises(ValueError, msg=bad):
                Client(bad)
        self.assertEqual(Client("https://auth.example.com/").base, "https://auth.example.com")

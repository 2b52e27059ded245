"""These run against a real server: AIWFE_AUTH_URL says where it is, AIWFE_AUTH_PEOPLE who is there (three addresses),
AIWFE_AUTH_PASSWORD what all their passwords are."""

import base64
import hashlib
import hmac
import os
import struct
import threading
import time
import unittest

from aiwfe_auth import AskStatus, Challenge, Client, Incoming, Problem, SignedIn, Tokens, is_signed_out

PEOPLE = os.environ["AIWFE_AUTH_PEOPLE"].split(",")
PASSWORD = os.environ["AIWFE_AUTH_PASSWORD"]
AUTH = "/api/v1/auth"


def totp(secret: str, step: int) -> str:
    """RFC 6238 with the usual numbers."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.digest(key, struct.pack(">q", int(time.time()) // 30 + step), hashlib.sha1)
    at = mac[19] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


class Live(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client(os.environ["AIWFE_AUTH_URL"])

    def sign_in(self, who: int) -> SignedIn:
        got = self.client.login(PEOPLE[who], PASSWORD)
        assert isinstance(got, SignedIn)
        return got

    def signed_out(self, what: SignedIn) -> None:
        with self.assertRaises(Problem) as caught:
            what.me()
        self.assertTrue(is_signed_out(caught.exception))

    def test_client(self) -> None:
        with self.assertRaises(Problem) as caught:
            self.client.login(PEOPLE[0], "not the password")
        self.assertEqual(caught.exception.code, "invalid_credentials")
        one, other = self.sign_in(0), self.sign_in(0)
        self.assertEqual(one.me()["email"], PEOPLE[0])
        status = one.status()
        self.assertEqual((status["authenticated"], status["session"]["id"]), (True, one.tokens.session_id))
        sessions = one.sessions()
        self.assertTrue(len(sessions) >= 2 and sessions[0]["current"] and sessions[0]["id"] == one.tokens.session_id)
        one.end_session(other.tokens.session_id)
        self.signed_out(other)
        self.sign_in(0)
        self.assertGreaterEqual(one.end_other_sessions(), 1)
        one.logout()
        self.signed_out(one)
        one.logout()

    def test_refresh_is_done_once(self) -> None:
        old, faults = self.sign_in(0).tokens, []
        one = self.client.resume(Tokens(old.access_token, old.refresh_token, old.session_id, time.time()))

        def work() -> None:
            try:
                one.me()
            except Exception as err:
                faults.append(err)

        threads = [threading.Thread(target=work) for _ in range(40)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(faults, [])
        self.assertNotEqual(one.tokens.refresh_token, old.refresh_token)
        self.assertEqual(one.tokens.session_id, old.session_id)

    def test_nobody_is_taken_for_another(self) -> None:
        people = [self.sign_in(n) for n in (0, 1)]
        v, wrong = AskStatus(self.client), []

        def work(n: int) -> None:
            for _ in range(100):
                who = v.verify(Incoming("GET", [("Authorization", "Bearer " + people[n % 2].tokens.access_token)]))
                if (who.email, who.session_id) != (PEOPLE[n % 2], people[n % 2].tokens.session_id):
                    wrong.append(who)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(wrong, [])

    def test_a_sign_out_is_known_soon(self) -> None:
        one, v = self.sign_in(1), AskStatus(self.client)
        r = Incoming("GET", [("Authorization", "Bearer " + one.tokens.access_token)])
        self.assertEqual(v.verify(r).email, PEOPLE[1])
        one.logout()
        end = time.monotonic() + 10
        while True:
            try:
                v.verify(r)
            except Problem as p:
                self.assertTrue(is_signed_out(p))
                return
            self.assertLess(time.monotonic(), end, "a session that has ended still counts")
            time.sleep(0.02)

    def test_second_factor(self) -> None:
        one = self.sign_in(2)
        secret = one.ask("POST", AUTH + "/2fa/totp/setup", {})["secret"]
        one.ask("POST", AUTH + "/2fa/totp/confirm", {"code": totp(secret, -1)})
        waits = self.client.login(PEOPLE[2], PASSWORD)
        assert isinstance(waits, Challenge)
        self.assertEqual(waits.methods[0], "totp")
        with self.assertRaises(Problem) as caught:
            waits.answer("totp", "000000")
        self.assertEqual(caught.exception.code, "invalid_code")
        one = waits.answer("totp", totp(secret, 0))
        self.assertEqual(one.status()["session"]["method"], "password+totp")

import unittest
from typing import Any

from aiwfe_auth import Assertions, Client, Identity, NoCredential, Problem, Unavailable, is_signed_out, is_unavailable
from aiwfe_auth._errors import AuthError
from making import HEAD, NOON, Fake, claims, incoming, jwks, signed


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.keys: Any = jwks("one")
        self.now = float(NOON)
        self.server = Fake(
            lambda *_: (200, {"Content-Type": "application/jwk-set+json"}, self.keys) if self.keys else (502, {}, b"")
        )
        self.addCleanup(self.server.close)

    def verifier(self, **more: Any) -> Assertions:
        return Assertions(
            Client(self.server.url),
            audience="app.example.com",
            issuer="https://auth.example.com",
            clock=lambda: self.now,
            **more,
        )

    def fault(self, v: Assertions, *sent: str) -> AuthError | None:
        try:
            v.verify(incoming(("Remote-User", "1"), *(("x-auth-assertion", s) for s in sent)))
        except AuthError as err:
            return err
        return None


class TestAssertions(Case):
    def test_good(self) -> None:
        who = self.verifier().verify(incoming(("X-Auth-Assertion", signed("one", HEAD, claims()))))
        self.assertEqual((who.id, who.session_id, who.groups), ("7", "ses_1", ("user",)))
        self.assertTrue(who.has_role("admin", "user") and who.has_scope("read") and not who.has_scope("read", "write"))
        for fine in (
            claims(iat=NOON - 89, exp=NOON - 29),
            claims(iat=NOON + 29, exp=NOON + 89),
            claims(more={"a": [1, None, 1.5]}),
        ):
            self.assertIsNone(self.fault(self.verifier(), signed("one", HEAD, fine)), fine)

    def test_bad(self) -> None:
        good = signed("one", HEAD, claims())
        head, body, mark = good.split(".")
        v = self.verifier()
        bad = {
            "nonsense": "x",
            "two parts": f"{head}.{body}",
            "four parts": good + ".x",
            "no signature": f"{head}.{body}.",
            "another's signature": f"{head}.{body}." + signed("one", HEAD, claims(sub="8")).split(".")[2],
            "another key's name": signed("two", HEAD, claims()),
            "padding": good + "=",
            "a line break": good[:20] + "\n" + good[20:],
            "no ASCII": good + "\u00e4",
            "bits behind the last": good[:-1] + chr(ord(good[-1]) + 1),
            "long": signed("one", HEAD, claims(name="a" * 9000)),
            "head and more": signed("one", HEAD + "{}", claims()),
            "head no object": signed("one", "[]", claims()),
            "sub twice": signed("one", HEAD, claims().replace('"sub": "7"', '"sub": "7", "sub": "8"')),
            "SUB for sub": signed("one", HEAD, claims().replace('"sub"', '"SUB"')),
            "name twice further down": signed("one", HEAD, claims().replace('"Ada"', '{"a":1,"a":2}')),
            "deep": signed("one", HEAD, claims().replace('"Ada"', "[" * 2500 + "]" * 2500)),
            "no UTF-8": signed("one", HEAD, claims().encode().replace(b"Ada", b"\xff")),
            "NaN": signed("one", HEAD, claims(more=0).replace('"more": 0', '"more": NaN')),
        }
        for wrong in (
            '"alg":"none"',
            '"alg":"HS256"',
            '"ALG":"EdDSA"',
            '"alg":"none","alg":"EdDSA"',
            '"alg":["EdDSA"]',
        ):
            bad[wrong] = signed("one", HEAD.replace('"alg":"EdDSA"', wrong), claims())
        for wrong in (
            '"typ":"at+jwt"',
            '"no":1',
            '"typ":"aiwfe-assertion+jwt","crit":["b64"],"b64":false',
            '"typ":"aiwfe-assertion+jwt","crit":[]',
        ):
            bad[wrong] = signed("one", HEAD.replace('"typ":"aiwfe-assertion+jwt"', wrong), claims())
        for wrong in ('"no":1', '"kid":1', '"kid":null'):
            bad["kid " + wrong] = signed("one", HEAD.replace('"kid":"one"', wrong), claims())
        changes: list[dict[str, Any]] = [
            {"iss": "https://auth.example.com/"},
            {"aud": "other.example.com"},
            {"aud": ["app.example.com"]},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"sid": None},
            {"exp": None},
            {"iat": NOON - 90, "exp": NOON - 30},
            {"exp": str(NOON + 60)},
            {"exp": NOON + 60.5},
            {"exp": True},
            {"exp": 10**20},
            {"exp": -1},
            {"iat": None},
            {"iat": NOON + 31},
            {"nbf": NOON + 31},
            {"nbf": "x"},
            {"exp": NOON + 3600},
            {"groups": "admin"},
            {"groups": [1]},
        ]
        bad.update({str(c): signed("one", HEAD, claims(**c)) for c in changes})
        for what, sent in bad.items():
            err = self.fault(v, sent)
            self.assertTrue(is_signed_out(err) and not is_unavailable(err), (what, err))
        self.assertTrue(is_signed_out(self.fault(v, good, good)))
        for nothing in ((), ("",)):
            self.assertIsInstance(self.fault(v, *nothing), NoCredential)

    def test_a_right_signature_is_remembered_and_nothing_else(self) -> None:
        v, good = self.verifier(), signed("one", HEAD, claims())
        self.assertIsNone(self.fault(v, good))
        self.now += 60 + 30
        self.assertTrue(is_signed_out(self.fault(v, good)), "it has expired meanwhile")
        self.now = float(NOON)
        head, body, mark = good.split(".")
        self.assertTrue(is_signed_out(self.fault(v, f"{head}.{body}.{mark[:-4]}AAAA")))
        self.assertIsNone(self.fault(v, good))
        self.keys = jwks("two")
        self.keys["keys"][0]["kid"] = "one"  # another key of the same name
        self.now += 4
        self.assertIsNone(self.fault(v, good), "nothing is due yet")
        self.fault(v, signed("x", HEAD.replace("one", "x"), claims()))  # a name that has it look again
        self.assertTrue(is_signed_out(self.fault(v, good)), "the key that signed it is another by now")


class TestKeys(Case):
    def look(self, v: Assertions, key: str, asked: int) -> AuthError | None:
        at = int(self.now)
        err = self.fault(v, signed(key, HEAD.replace("one", key), claims(iat=at, exp=at + 60)))
        self.assertEqual(self.server.asked, asked)
        return err

    def test_asked_for_again_when_one_is_new(self) -> None:
        v = self.verifier()
        self.assertIsNone(self.look(v, "one", 1))
        self.assertIsNone(self.look(v, "one", 1))
        self.assertTrue(is_signed_out(self.look(v, "two", 1)))
        self.now += 4
        self.assertTrue(is_signed_out(self.look(v, "two", 2)))
        self.assertTrue(is_signed_out(self.look(v, "two", 2)))
        self.keys = jwks("one", "two")
        self.now += 4
        self.assertIsNone(self.look(v, "two", 3))
        self.keys = None
        self.now += 4
        self.assertIsInstance(self.look(v, "x", 4), Unavailable)
        self.assertIsInstance(self.look(v, "x", 4), Unavailable)
        self.assertIsNone(self.look(v, "one", 4))

    def test_withdrawn_ones_stop_to_count(self) -> None:
        v = self.verifier()
        self.assertIsNone(self.look(v, "one", 1))
        self.keys = None
        self.now += 301
        self.assertIsNone(self.look(v, "one", 2), "nobody answers")
        self.now += 3600
        self.assertIsInstance(self.look(v, "one", 3), Unavailable)
        self.keys = jwks("two")
        self.now += 4
        self.assertTrue(is_signed_out(self.look(v, "one", 4)))
        self.keys = jwks("one", "two")
        self.keys["keys"][1]["kid"] = "one"
        self.now += 4
        self.assertIsInstance(self.look(v, "one", 5), Unavailable)


class TestRevocation(Case):
    def test_it_is_asked_after(self) -> None:
        said: Any = None

        class Asked:
            def verify(self, _: Any) -> Identity:
                if isinstance(said, Exception):
                    raise said
                return said

        v, good = self.verifier(revocation=Asked()), signed("one", HEAD, claims())
        said = Identity("7", "ses_1")
        self.assertIsNone(self.fault(v, good))
        for said in (Identity("7", "ses_2"), Identity("8", "ses_1"), NoCredential(), Problem(401, "session_ended")):
            self.assertTrue(is_signed_out(self.fault(v, good)), said)
        said = Unavailable("away")
        self.assertTrue(is_unavailable(self.fault(v, good)))

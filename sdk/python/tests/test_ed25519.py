"""The vectors of RFC 8032, 7.1, and signatures that look right and are not."""

import hashlib
import unittest

from aiwfe_auth import _ed25519 as ed
from making import public_of, sign

VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]

# The points of small order in the spellings that are about (RFC 8032 has one for each; the others are greater than p).
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


class Ed25519(unittest.TestCase):
    def test_vectors(self) -> None:
        for key, message, signature in VECTORS:
            k, m, s = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
            self.assertTrue(ed.verify(k, m, s), key)
            self.assertFalse(ed.verify(k, m + b"\0", s), key)
            for at in range(0, 64, 7):
                other = bytearray(s)
                other[at] ^= 1
                self.assertFalse(ed.verify(k, m, bytes(other)), (key, at))

    def test_signer_of_these_tests(self) -> None:
        seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        self.assertEqual(public_of(seed).hex(), VECTORS[0][0])
        self.assertEqual(sign(seed, b"").hex(), VECTORS[0][2])

    def test_a_signature_has_one_spelling(self) -> None:
        key, message, signature = (bytes.fromhex(v) for v in VECTORS[1])
        r, s = signature[:32], int.from_bytes(signature[32:], "little")
        for more in range(1, 15):
            self.assertFalse(ed.verify(key, message, r + (s + more * ed.L).to_bytes(32, "little")), more)
        for what in (
            signature[:-1],
            signature + b"\0",
            b"",
            r,
            bytes(64),
            r + bytes(32),
            bytes(32) + signature[32:],
            (ed.P + 1).to_bytes(32, "little") + signature[32:],
            b"\xff" * 64,
        ):
            self.assertFalse(ed.verify(key, message, what), what.hex())

    def test_keys_of_small_order_sign_nothing(self) -> None:
        for text in SMALL:
            key = bytes.fromhex(text)
            for r in SMALL:
                for message in (b"", b"a", b"b", b"c"):
                    self.assertFalse(ed.verify(key, message, bytes.fromhex(r) + bytes(32)), text)

    def test_points_have_one_spelling(self) -> None:
        for y in range(ed.P, 2**255):  # the 19 that are no numbers below p
            self.assertIsNone(ed.decode(y.to_bytes(32, "little")))
            self.assertIsNone(ed.decode((y | 1 << 255).to_bytes(32, "little")))
        for text in ("01" + "00" * 30 + "80", "ec" + "ff" * 31):  # x is 0, and said to be odd
            self.assertIsNone(ed.decode(bytes.fromhex(text)))
        on = 0
        for y in range(200):
            point = ed.decode(y.to_bytes(32, "little"))
            if point is not None:
                on += 1
                self.assertEqual(ed.encode(point), y.to_bytes(32, "little"))
                self.assertEqual(ed.encode(ed.add(point, point)), ed.encode(ed.double(point)))
        self.assertTrue(60 < on < 140, on)  # half of all are on the curve
        self.assertEqual(ed.verify(b"\x02" + bytes(31), b"", bytes(64)), False)
        self.assertEqual(ed.verify(bytes.fromhex(VECTORS[0][0])[:31], b"", bytes.fromhex(VECTORS[0][2])), False)

"""Verification of Ed25519 signatures (RFC 8032, 5.1), which the standard library of Python does not have.

Nothing here is secret, so that it need not take the same time for all values: keys and signatures are public. It only
verifies; do not make signatures by code like this.
"""

from __future__ import annotations

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493  # the order of the base point
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # a square root of -1

# A point is (X, Y, Z, T) with x = X/Z, y = Y/Z and xy = T/Z.
Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """RFC 8032, 5.1.4."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def double(a: Point) -> Point:
    """The same for twice one point, which is quicker."""
    x, y, z = a[0] * a[0] % P, a[1] * a[1] % P, 2 * a[2] * a[2] % P
    h = x + y
    e = h - (a[0] + a[1]) ** 2 % P
    g = x - y
    f = z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def decode(text: bytes) -> Point | None:
    """A point from its 32 bytes, in their one spelling (5.1.3)."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * pow(v, 7, P) % P, (P - 5) // 8, P) % P
    if v * x * x % P == P - u and u != 0:
        x = x * ROOT % P
    if v * x * x % P != u or x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encode(a: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(a[2], -1, P)
    return (a[1] * inverse % P | (a[0] * inverse % P & 1) << 255).to_bytes(32, "little")


def _base() -> Point:
    point = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    assert point is not None
    return point


BASE = _base()


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature of the message is by the key (5.1.7, without the cofactor)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, s = decode(key), int.from_bytes(signature[32:], "little")
    if a is None or s >= L:  # a greater s would be a second signature of the same
        return False
    if encode(double(double(double(a)))) == encode(ZERO):
        return False  # such a key "signs" nearly everything
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus = (P - a[0], a[1], 1, P - a[3])
    both, sum_ = add(BASE, minus), ZERO
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):  # s * base - k * a, at once
        sum_ = double(sum_)
        of_s, of_k = s >> bit & 1, k >> bit & 1
        if of_s and of_k:
            sum_ = add(sum_, both)
        elif of_s:
            sum_ = add(sum_, BASE)
        elif of_k:
            sum_ = add(sum_, minus)
    return encode(sum_) == signature[:32]

"""JSON and base64url in their one spelling."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def parse_object(text: bytes) -> dict[str, Any]:
    """One JSON object with each name once, at any depth, and nothing after it."""
    try:
        value = json.loads(
            text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_no_float
        )
    except (ValueError, RecursionError) as err:
        raise ValueError("is no JSON object with each name once") from err
    if not isinstance(value, dict):
        raise ValueError("is no JSON object with each name once")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a name is there twice")
    return out


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _no_float(text: str) -> Any:
    return float(text) if len(text) < 32 else text


def decode64(text: str) -> bytes:
    """No padding, no other letters, and no bits behind the last byte."""
    if not BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("is no base64url")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("is no base64url")
    return raw


def text_of(o: dict[str, Any], name: str, needed: bool = True) -> str:
    """A member that has to be a text; "" where it may be missing and is."""
    value = o.get(name, None if needed else "")
    if not isinstance(value, str) or needed and not value:
        raise ValueError(f"{name} is missing or no text")
    return value


def texts_of(o: dict[str, Any], name: str) -> tuple[str, ...]:
    """A member that has to be a list of texts."""
    value = o.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ValueError(f"{name} is no list of texts")
    return tuple(value)


def seconds_of(o: dict[str, Any], name: str, needed: bool = True) -> int | None:
    """A member that has to be a whole number of seconds since 1970."""
    value = o.get(name)
    if value is None and name not in o and not needed:
        return None
    if type(value) is not int or not 0 <= value < 10**11:
        raise ValueError(f"{name} is missing or no whole number of seconds")
    return value

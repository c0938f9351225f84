"""A JSON object from a stranger, read without leniency: one meaning, bounded, storable."""

import json
import math
import re
from typing import Any, NoReturn

import msgspec

DEPTH = 8
LARGEST = 2**63
_MAYBE_TOO_LARGE = re.compile(rb"[0-9]{19}")


class MalformedJson(ValueError):
    """The text is not such an object. Its message never quotes the text."""


def read_object(raw: bytes, depth: int = DEPTH) -> dict[str, Any]:
    """One JSON object (RFC 8259) as strict I-JSON (RFC 7493), at most `depth` levels deep.

    Raises MalformedJson for anything else: doubled members, which two readers understand
    differently; NUL and lone surrogates, which databases refuse; NaN, infinities, and integers
    beyond 64 bits, which msgspec cannot store.
    """
    read = _read_plain(raw)
    if read is None:
        read = _read_strictly(raw)
    if not isinstance(read, dict):
        raise MalformedJson("not a JSON object")
    # Only an escape can bring a character that UTF-8 or JSON does not let through, and few
    # brackets cannot be deep: nearly every object is spared the walk.
    if b"\\u" in raw or raw.count(b"{") + raw.count(b"[") >= depth:
        _check(read, depth)
    return read


def _read_plain(raw: bytes) -> Any:
    """What a text says that we would write just so: then no member is in it twice. Else None."""
    if _MAYBE_TOO_LARGE.search(raw):
        return None
    try:
        read = msgspec.json.decode(raw)
        return read if msgspec.json.encode(read) == raw else None
    except (ValueError, RecursionError):
        return None


def _read_strictly(raw: bytes) -> Any:
    try:
        return _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        # Without its cause: a JSONDecodeError carries the whole text.
        raise MalformedJson("not a JSON object") from None


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(members)
    if len(read) != len(members):
        raise MalformedJson("a member appears twice")
    return read


def _integer(written: str) -> int:
    read = int(written)
    if not -LARGEST <= read < LARGEST:
        raise MalformedJson("a number is too large")
    return read


def _float(written: str) -> float:
    read = float(written)
    if not math.isfinite(read):
        raise MalformedJson("a number is too large")
    return read


def _constant(_name: str) -> NoReturn:
    raise MalformedJson("not a number of JSON")


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_text(name)
            _check(member, _deeper(depth))
    elif isinstance(value, list):
        for member in value:
            _check(member, _deeper(depth))


def _deeper(depth: int) -> int:
    if depth <= 1:
        raise MalformedJson("too deep")
    return depth - 1


def _check_text(text: str) -> None:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedJson("a text holds what is not text")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=_float, parse_constant=_constant
)

"""The body of a request, read by us: bounded while it arrives, strict in what it may hold."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from app.lib.strict_json import MalformedJson, read_object

# A legal answer of 10,000 characters takes 90 kB as a form writes Chinese, nine bytes for each.
LARGEST_FORM = 256 * 1024
LARGEST_JSON = 64 * 1024
MOST_PAIRS = 500
# Of a form that is too large so much is looked at.
_BEGINNING = 8 * 1024
# What is too large is still received up to here, and dropped: who stops listening while a
# client is sending is seen by it as a broken connection, and the refusal is never read.
DRAINED = 16 * 1024 * 1024

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class BadBody(Exception):
    """A body that is refused: the HTTP status, and a stable code for metrics and logs."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class TooLarge(BadBody):
    """A body of more bytes than are kept; `beginning` are the first of them."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__(413, "body_size")
        self.beginning = beginning

    def fields(self) -> dict[str, list[str]]:
        """Those of a form that the beginning holds whole. Raises BadBody."""
        return parse_form(self.beginning.rpartition(b"&")[0])


async def arriving(receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> AsyncIterator[bytes]:
    """The chunks of a request's body, from ASGI. Raises BadBody: 400 where the client hung up."""
    has_more = True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadBody(400, "body_truncated")
        has_more = message.get("more_body", False)
        yield message.get("body", b"")


async def read_form(chunks: AsyncIterable[bytes], content_type: str) -> dict[str, list[str]]:
    """The fields of an urlencoded form (WHATWG URL section 5), each with all of its values.

    Raises BadBody: 415 for another type, 413 over 500 pairs, 400 for a broken escape, bytes that
    are not UTF-8 (so no lone surrogate is possible), and NUL; TooLarge over 256 kB.
    """
    _check_type(content_type, FORM)
    return parse_form(await _receive(chunks, LARGEST_FORM))


async def read_json(
    chunks: AsyncIterable[bytes], content_type: str, largest: int = LARGEST_JSON
) -> dict[str, Any]:
    """One strict JSON object. Raises BadBody: 415, 413 over so many bytes, 400."""
    _check_type(content_type, JSON)
    try:
        return read_object(await _receive(chunks, largest))
    except MalformedJson:
        raise BadBody(400, "body_json") from None


def parse_form(raw: bytes) -> dict[str, list[str]]:
    """The fields in the bytes of a whole body. Raises BadBody: 413 or 400."""
    if raw.count(b"&") >= MOST_PAIRS:
        raise BadBody(413, "body_fields")
    if _BROKEN_ESCAPE.search(raw):
        raise BadBody(400, "body_escape")
    if b"\0" in raw or b"%00" in raw:
        raise BadBody(400, "body_nul")
    fields: dict[str, list[str]] = {}
    try:
        for pair in filter(None, raw.replace(b"+", b" ").decode("utf-8").split("&")):
            name, _, text = pair.partition("=")
            if "%" in pair:
                name, text = _unescaped(name), _unescaped(text)
            fields.setdefault(name, []).append(text)
    except UnicodeDecodeError:
        raise BadBody(400, "body_encoding") from None
    return fields


def _unescaped(written: str) -> str:
    return unquote_to_bytes(written).decode("utf-8")


def _check_type(written: str, wanted: str) -> None:
    media, _, parameters = written.partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if media.strip().lower() != wanted or charset not in ("", "charset=utf-8"):
        raise BadBody(415, "body_type")


async def _receive(chunks: AsyncIterable[bytes], largest: int) -> bytes:
    body = bytearray()
    seen = 0
    async for chunk in chunks:
        seen += len(chunk)
        if seen > DRAINED:
            break
        body += chunk[: largest - len(body)]
    if seen > largest:
        raise TooLarge(bytes(body[:_BEGINNING]))
    return bytes(body)

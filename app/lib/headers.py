"""What stands above a request's body, read plainly: the framework's way serves what nobody asks."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

# A query of which no part is escaped or empty.
_PLAIN = re.compile(rb"[\w.~:/-]+=[\w.~:/-]+(&[\w.~:/-]+=[\w.~:/-]+)*", re.ASCII)


_ASKED_FOR = {
    name.encode(): name
    for name in (
        *("accept-language", "authorization", "content-type"),
        *("hx-request", "origin", "sec-fetch-site"),
    )
}


def headers_of(scope: Any) -> Mapping[str, str]:
    """Those that we ask for, by lower-case names; of one that comes twice the first counts."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if (asked := _ASKED_FOR.get(name)) and asked not in found:
            found[asked] = value.decode("latin-1")
    return found


def query_of(scope: Any) -> Mapping[str, str]:
    """The members of the query (WHATWG URL section 5); of one that comes twice the first counts."""
    written = scope["query_string"]
    if not written:
        return {}
    if _PLAIN.fullmatch(written):
        parts = [part.partition("=") for part in written.decode("ascii").split("&")]
        return {name: value for name, _, value in reversed(parts)}
    return dict(reversed(parse_qsl(written.decode("latin-1"))))

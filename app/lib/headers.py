"""What stands above a request's body, read plainly: the framework's way serves what nobody asks."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl


def headers_of(scope: Any) -> Mapping[str, str]:
    """The headers by their lower-case names; of one that comes twice the first counts."""
    pairs = reversed(scope["headers"])
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}


def query_of(scope: Any) -> Mapping[str, str]:
    """The members of the query (WHATWG URL section 5); of one that comes twice the first counts."""
    written = scope["query_string"].decode("latin-1")
    return dict(reversed(parse_qsl(written))) if written else {}

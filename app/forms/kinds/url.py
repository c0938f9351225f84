"""A web address: absolute, as the WHATWG's URL standard writes it."""

import re

from pydantic_core import Url as ParsedUrl
from pydantic_core import ValidationError

from app.forms.cleaning import clean
from app.forms.kinds.kind import Schema, first
from app.forms.kinds.text import Text
from app.forms.problem import Problem
from app.forms.question import Question, Raw, Value
from app.lib.i18n import Message

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_USUAL = ("https", "http")


class Url(Text):
    """An address of a host on the network; a missing scheme is added, passwords are refused."""

    name = "url"
    rules = frozenset({"schemes", "hosts", "length", "pattern"})
    longest = 2048

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        text = clean(first(raw), question.label)
        schemes = question.rules.schemes.root if question.rules.schemes else _USUAL
        url = _parsed(text if _SCHEME.match(text) else f"{schemes[0]}://{text}")
        if url is None or not _is_public(url) or len(str(url)) > self.longest:
            raise Problem(self.missing(question))
        if not question.rules.schemes and url.scheme not in _USUAL:
            raise Problem(self.missing(question))
        return str(url)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": [_readable(str(value))]}

    def show(self, value: Value, question: Question, locale: str) -> str:
        return _readable(str(value)).removeprefix("https://").removesuffix("/")

    def missing(self, question: Question) -> Message:
        return Message("Enter a web address, like {example}.", example="https://www.company.com")

    def schema(self, question: Question) -> Schema:
        return {"type": "string", "format": "uri", "maxLength": self.longest}

    def attributes(self, question: Question) -> dict[str, str]:
        return {"inputmode": "url", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}


def _parsed(text: str) -> ParsedUrl | None:
    try:
        return ParsedUrl(text)
    except ValidationError:
        return None


def _is_public(url: ParsedUrl) -> bool:
    """Whether it names a host with a domain, and nobody's password."""
    host = (url.host or "").rstrip(".")
    return (
        "." in host and not re.search(r"\s|%20|\.\.", host) and not (url.username or url.password)
    )


def _readable(address: str) -> str:
    """The address with its host in its own script, where that reads back to the same."""
    if "xn--" not in address:
        return address
    url = _parsed(address)
    shown = url.unicode_string() if url else address
    again = _parsed(shown)
    return shown if again and str(again) == address else address

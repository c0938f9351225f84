"""The token as it is written: its parts, unproved, with what is known of the place it stands in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app.doctor.cases import Ours
from app.doctor.findings import Finding, wrong
from app.domain.assertions import AssertedMode
from app.domain.backchannel import TYP as CLIENT
from app.domain.remedies import REMEDIES
from app.domain.sites import Site, SiteKey
from app.lib import base64url
from app.lib.strict_json import read_object


class Expected(NamedTuple):
    """What the place says in which a token stands; empty where nothing is known of it."""

    site: str = ""
    origin: str = ""
    mode: str = ""


class Token(NamedTuple):
    """A token's parts as they are written, with what it is shown to."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    text: str
    ours: Ours
    at: datetime
    expected: Expected

    @property
    def is_client(self) -> bool:
        return self.header.get("typ") == CLIENT

    @property
    def name(self) -> str:
        """The public id of the site: of the place, or as the token says."""
        return self.expected.site or str(self.claims.get("iss", ""))

    @property
    def site(self) -> Site | None:
        return self.ours.sites.get(self.name)

    @property
    def keys(self) -> Mapping[str, SiteKey]:
        return self.ours.keys(self.name)

    @property
    def mode(self) -> AssertedMode:
        said = self.expected.mode or self.claims.get("mode")
        return "element" if said == "element" else "htmx"


def parts_of(text: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    parts = text.split(".")
    if len(parts) != 3:
        return None, None
    return _object(parts[0]), _object(parts[1])


def _object(segment: str) -> Mapping[str, Any] | None:
    try:
        return read_object(base64url.decode(segment))
    except ValueError:
        return None


def say(code: str, sentence: str, change: str = "") -> Finding:
    return wrong(code, sentence, change or REMEDIES[code].line)


def shown(value: object) -> str:
    """A claim as a person reads it, and never more of it than fits."""
    if value is None:
        return "missing"
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

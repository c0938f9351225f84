"""The moment: the facts of now, as the page tells them and the clock and the person's row add."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from app.domain.refusals import Refused
from app.lib.strict_json import MalformedJson, read_object

MomentKind = Literal["login", "page", "click", "event", "request"]
KINDS: tuple[str, ...] = get_args(MomentKind)
# At these the person asked for the step: a step that rests may appear all the same.
ASKED_FOR = ("click", "request")
LOGIN_EVENT = ("event", "login")
_LONGEST_ADDRESS = 2048
_LONGEST_DETAILS = 2048


def page_of(address: str | None) -> str | None:
    """Origin and path of a page's address; what comes after may hold anything."""
    if not address:
        return None
    return address.partition("?")[0].partition("#")[0][:_LONGEST_ADDRESS]


def details_of(written: str | None) -> Mapping[str, Any]:
    """What a page tells about an event: one flat JSON object. Raises Refused."""
    if not written:
        return {}
    try:
        told = read_object(written.encode()) if len(written) <= _LONGEST_DETAILS else None
    except MalformedJson:
        told = None
    if told is None or any(isinstance(value, dict | list) for value in told.values()):
        raise Refused("unknown_moment")
    return told


class Moment(msgspec.Struct, frozen=True):
    """The facts of now.

    What comes from the page is not trusted: it can ask earlier, never outside the audience.
    `url` is origin and path of a page; neither it nor the `details` of an event are ever stored.
    `claims` are those members of the assertion that some condition of the release reads.
    """

    at: datetime
    site: str
    locale: str
    sitting: str
    on: MomentKind = "login"
    name: str | None = None
    url: str | None = None
    step: str | None = None
    details: Mapping[str, Any] = {}
    claims: Mapping[str, Any] = {}

    @property
    def is_asked_for(self) -> bool:
        """Whether the person asked for it."""
        return self.on in ASKED_FOR

    @property
    def is_told_login(self) -> bool:
        """Whether the host itself tells of a login, which counts as one."""
        return (self.on, self.name) == LOGIN_EVENT

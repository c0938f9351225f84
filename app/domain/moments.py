"""The moment: the facts of now, as the page tells them and the clock and the person's row add."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

MomentKind = Literal["login", "page", "click", "event", "request"]
KINDS: tuple[str, ...] = get_args(MomentKind)
# At these the person asked for the step: a step that rests may appear all the same.
ASKED_FOR = ("click", "request")
LOGIN_EVENT = ("event", "login")
_LONGEST_ADDRESS = 2048


def page_of(address: str | None) -> str | None:
    """Origin and path of a page's address; what comes after may hold anything."""
    if not address:
        return None
    return address.partition("?")[0].partition("#")[0][:_LONGEST_ADDRESS]


class Moment(msgspec.Struct, frozen=True):
    """The facts of now.

    What comes from the page is not trusted: it can ask earlier, never outside the audience.
    `url` is origin and path of a page, and never stored. `claims` are those members of the
    assertion that some condition of the release reads.
    """

    at: datetime
    site: str
    locale: str
    sitting: str
    on: MomentKind = "login"
    name: str | None = None
    url: str | None = None
    step: str | None = None
    claims: Mapping[str, Any] = {}

    @property
    def is_asked_for(self) -> bool:
        """Whether the person asked for it."""
        return self.on in ASKED_FOR

    @property
    def is_told_login(self) -> bool:
        """Whether the host itself tells of a login, which counts as one."""
        return (self.on, self.name) == LOGIN_EVENT

"""The step token: all that a form in a page may do, sealed by us into one hidden field."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from app.domain.refusals import Refused
from app.domain.sites import Mode, Site
from app.domain.subjects import Basis
from app.lib import base64url
from app.lib.sealing import Keyring, Unsealable

FORMAT = 1
WRITES_FOR = timedelta(hours=24)  # people go to lunch (WCAG 2.2.1)
SHOWS_FOR = timedelta(minutes=30)
LARGEST = 2048  # characters; a plausible one stays below 600

Purpose = Literal["step", "editor", "frame"]
# The last two are plain: their forms need no script, and have no attribute for one.
Presentation = Literal["2", "4", "frame", "include", "hosted"]
PLAIN: tuple[Presentation, ...] = ("include", "hosted")
# Documents of our own, whose forms post to where they come from.
OURS: tuple[Presentation, ...] = ("frame", "hosted")
# In which of a site's modes each is shown.
_MODES: dict[Presentation, tuple[Mode, ...]] = {
    "2": ("htmx",),
    "4": ("htmx",),
    "frame": ("element", "frame"),
    "include": ("include",),
    "hosted": ("hosted",),
}


class TooLarge(ValueError):
    """A token past every plausible size: nothing is dropped from it to make it fit."""


class StepToken(msgspec.Struct, frozen=True, array_like=True):
    """The authority of one form: what was shown to whom, where, and when. It needs no cookie.

    `fields` are the ids of the attributes shown; `seen` the subject's version that was read;
    `prompt` names this showing; `iat` and `clock` are seconds since 1970, `clock` the time that a
    sandbox site set at `iat`; `moment` holds what the decision rested on, without any address;
    `since` and `born` are those of the `Basis`.

    The members are stored by their order: new ones go to the end, with a default.
    """

    purpose: Purpose
    site: str  # public id
    subject: str
    origin: str
    presentation: Presentation
    instance: str
    step: str
    release: int
    fields: tuple[str, ...]
    seen: int
    prompt: str
    iat: int
    locale: str
    moment: dict[str, Any] = {}
    sitting: str | None = None
    clock: int | None = None
    debug: bool = False
    since: int = 0
    born: int = 0

    def __repr__(self) -> str:
        return f"StepToken({self.purpose}, {self.site}, {self.step}, {self.prompt})"

    @property
    def issued_at(self) -> datetime:
        return datetime.fromtimestamp(self.iat, UTC)

    @property
    def basis(self) -> Basis:
        """What its form rests on."""
        return Basis(self.since or self.iat * 1000, self.seen, self.born)

    def is_stale(self, at: datetime) -> bool:
        """Whether it still saves, but its answer shows no personal value: others may look now."""
        return at - self.issued_at > SHOWS_FOR

    def acts_at(self, at: datetime) -> datetime:
        """The time its form acts at: the sandbox's own, which goes on since then, or `at`."""
        if self.clock is None:
            return at
        return datetime.fromtimestamp(self.clock, UTC) + (at - self.issued_at)


_decoder = msgspec.msgpack.Decoder(StepToken)


def new_prompt() -> str:
    """The name of one showing: 96 random bits as 16 characters."""
    return base64url.encode(os.urandom(12))


def seal_token(keyring: Keyring, token: StepToken) -> str:
    """The hidden field's text. Raises TooLarge past 2,048 characters."""
    sealed = keyring.seal(_purpose(token.purpose), msgspec.msgpack.encode(token))
    if len(sealed) > LARGEST:
        raise TooLarge("a step token is too large")
    return sealed


def open_token(keyring: Keyring, text: str, purpose: Purpose, at: datetime) -> StepToken:
    """The token, if we sealed it for this purpose less than 24 hours ago (by the real time).

    Raises Refused: `token_missing`, `token_too_large`, `token_unreadable`, `token_expired`.
    """
    token = _open(keyring, text, purpose)
    if at - token.issued_at > WRITES_FOR:
        raise Refused("token_expired")
    return token


def check_listed(token: StepToken, site: Site) -> None:
    """Refuse what was shown in a mode, or at an origin, that its site lists no more."""
    if set(_MODES[token.presentation]).isdisjoint(site.modes):
        raise Refused("token_mode")
    if token.presentation not in PLAIN and token.origin not in site.origins:
        raise Refused("token_origin")


def renew_token(keyring: Keyring, text: str, at: datetime, proved_at: int) -> tuple[StepToken, str]:
    """The token of a form, however old, as if it were made now; and its text.

    Its prompt stays, so that twice is still once. Only for who proved anew, in that millisecond,
    who they are. Raises Refused.
    """
    try:
        token = _open(keyring, text, "step")
    except Refused:
        token = _open(keyring, text, "editor")
    clock = None if token.clock is None else int(token.acts_at(at).timestamp())
    iat = int(at.timestamp())
    now = msgspec.structs.replace(token, iat=iat, clock=clock, since=proved_at)
    return now, seal_token(keyring, now)


def _open(keyring: Keyring, text: str, purpose: Purpose) -> StepToken:
    if not text:
        raise Refused("token_missing")
    if len(text) > LARGEST:
        raise Refused("token_too_large")
    try:
        return _decoder.decode(keyring.open(_purpose(purpose), text))
    except (Unsealable, msgspec.DecodeError):
        raise Refused("token_unreadable") from None


def _purpose(purpose: Purpose) -> str:
    return f"token/{FORMAT}/{purpose}"

"""The newcomer: a proved person before the row is read, and how row and moment come together."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.domain.arrivals import (
    Arrival,
    authentication_of,
    brings_news,
    greet_subject,
    sitting_of,
    with_traits,
)
from app.domain.assertions import Assertion
from app.domain.changes import find_subject
from app.domain.moments import KINDS, LOGIN_EVENT, Moment, page_of
from app.domain.refusals import Refused
from app.domain.releases import Release
from app.domain.subjects import TOLD, Subject
from app.domain.tickets import TicketBody
from app.domain.times import to_milliseconds
from app.lib.db import Database
from app.lib.i18n import negotiate

# Bytes, for what is told is sealed into every form of the page.
_LONGEST_NAME = 255
_LARGEST_CLAIMS = 400


class Wishes(msgspec.Struct, frozen=True):
    """What the page says of the moment; none of it is trusted.

    `details` is what it tells about an event. Raises Refused for a kind of moment that is none, and
    for a name that none can have: it is to be sealed into a step token.
    """

    on: str | None = None
    name: str | None = None
    step: str | None = None
    url: str | None = None
    locale: str | None = None
    theme: str | None = None
    details: Mapping[str, Any] = {}

    def __post_init__(self) -> None:
        if self.on not in (None, *KINDS):
            raise Refused("unknown_moment")
        if any(len(name.encode()) > _LONGEST_NAME for name in (self.name, self.step) if name):
            raise Refused("unknown_moment")

    def told(self) -> dict[str, Any]:
        """The members of a moment that a page tells. Raises Refused."""
        return {
            "on": self.on or "login",
            "name": self.name,
            "url": page_of(self.url),
            "step": self.step,
            "details": self.details,
        }


class Newcomer(msgspec.Struct, frozen=True):
    """A proved person before the row is read: what an assertion or a ticket says, and when.

    `at` is the time to act at, a sandbox site's own; `said_at` when it was said. `proved_at` is the
    last millisecond at which it can have been said, where that was before this request.
    `tells_once`: what it says is good for one use; what the person does next comes without it.
    """

    sub: str
    at: datetime
    said_at: datetime
    wishes: Wishes
    locale: str | None = None
    accept_language: str | None = None
    sid: str | None = None
    auth_time: datetime | None = None
    traits: Mapping[str, Any] = {}
    claims: Mapping[str, Any] = {}
    proved_at: int | None = None
    tells_once: bool = False

    def __repr__(self) -> str:
        return f"Newcomer({self.at})"

    @classmethod
    def from_assertion(
        cls, said: Assertion, wishes: Wishes, now: datetime, accept_language: str | None
    ) -> "Newcomer":
        """Whom a site's page brings."""
        return cls(
            sub=said.sub,
            at=said.clock or now,
            said_at=said.issued_at,
            wishes=wishes,
            locale=said.locale,
            accept_language=accept_language,
            sid=said.sid,
            auth_time=said.auth_time,
            traits=said.traits,
            claims=said.claims,
            # Whoever comes back in the very second of a log-out is not turned away.
            proved_at=to_milliseconds(said.issued_at) + 999,
            tells_once=said.jti is not None,
        )

    @classmethod
    def from_ticket(
        cls, said: TicketBody, now: datetime, accept_language: str | None = None
    ) -> "Newcomer":
        """Whom a site's backend brings. Raises Refused for a moment that is none."""
        return cls(
            sub=said.sub,
            at=_time(said.clock) or now,
            said_at=now,
            wishes=_wishes(said.moment, said.theme),
            locale=said.locale,
            accept_language=accept_language,
            sid=said.sid,
            auth_time=_time(said.auth_time),
            traits=said.traits,
            claims=said.claims,
            proved_at=said.issued or None,
            tells_once=True,
        )


async def meet(
    database: Database, release: Release, site: str, newcomer: Newcomer
) -> tuple[Subject, Moment]:
    """Read the person's row, store the arrival if it brings news, and tell the moment.

    The same again reads once and writes nothing. Raises Refused, DatabaseAway.
    """
    who, claims = release.subject_key(site, newcomer.sub), _claims(release, newcomer)
    subject = await find_subject(database, who)
    subject.check_proof(newcomer.proved_at)
    arrival = _arrival(release, site, newcomer, subject)
    if brings_news(subject, arrival):
        subject = await database.save(greet_subject, who, arrival)
        subject.check_proof(newcomer.proved_at)  # a log-out may have come in between
    subject = with_traits(subject, arrival)
    return subject, _moment(release, newcomer, subject, arrival, claims)


def locale_for(
    release: Release, site: str, wishes: tuple[str | None, ...], accept_language: str | None
) -> str:
    """The language of a visit, among those the site offers."""
    default = release.document.default_locale
    offered = release.document.sites[site].locales or (default,)
    return negotiate(offered, wishes, accept_language, (default,))


def _arrival(release: Release, site: str, newcomer: Newcomer, subject: Subject) -> Arrival:
    authentication = authentication_of(newcomer.sid, newcomer.auth_time)
    return Arrival(
        release=release,
        site=site,
        at=newcomer.at,
        sitting=sitting_of(subject, site, authentication, newcomer.at),
        authentication=authentication or _told_login(newcomer),
        authenticated_at=newcomer.auth_time,
        traits=release.accepted_traits(newcomer.traits),
        tells_once=newcomer.tells_once,
    )


def _told_login(newcomer: Newcomer) -> str | None:
    """The host tells of a login itself; the same assertion sent twice is the same login.

    No sitting is named after it, for what the page brings next does not tell of it.
    """
    if (newcomer.wishes.on, newcomer.wishes.name) != LOGIN_EVENT:
        return None
    return f"{TOLD}{int(newcomer.said_at.timestamp())}"


def _claims(release: Release, newcomer: Newcomer) -> dict[str, Any]:
    """Those that a condition reads. Raises Refused for more than a form can carry."""
    claims = {k: v for k, v in newcomer.claims.items() if k in release.claims}
    if claims and len(msgspec.json.encode(claims)) > _LARGEST_CLAIMS:
        raise Refused("unknown_moment")
    return claims


def _moment(
    release: Release,
    newcomer: Newcomer,
    subject: Subject,
    arrival: Arrival,
    claims: dict[str, Any],
) -> Moment:
    wishes = newcomer.wishes
    asked = (wishes.locale, newcomer.locale, own_locale(release, subject))
    return Moment(
        at=newcomer.at,
        site=arrival.site,
        locale=locale_for(release, arrival.site, asked, newcomer.accept_language),
        sitting=arrival.sitting,
        **wishes.told(),
        claims=claims,
    )


def own_locale(release: Release, subject: Subject) -> str | None:
    """The language a person has answered to speak."""
    if "locale" not in release.attributes:
        return None
    answer = subject.answer(release.attribute_id("locale"))
    return answer.value if answer and isinstance(answer.value, str) else None


def _wishes(moment: Mapping[str, Any], theme: str | None) -> Wishes:
    known = {"on", "name", "step", "url"}
    if not all(isinstance(value, str) for value in moment.values()) or not moment.keys() <= known:
        raise Refused("unknown_moment")
    return Wishes(**moment, theme=theme)


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

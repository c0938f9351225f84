"""The arrival: a verified request brings a person, perhaps a login, and what its claims tell."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.domain.answers import Answer, Provenance, Source, State
from app.domain.changes import Change, Event, EventKind, Told, change_subject
from app.domain.releases import Release
from app.domain.subjects import Subject, SubjectKey
from app.domain.telling import lay_answers
from app.domain.times import to_milliseconds


class Arrival(msgspec.Struct, frozen=True):
    """A verified request at a site.

    `authentication` names the login it belongs to (None: nothing identifies one), and
    `authenticated_at` says when that was. `traits` are canonical values by attribute key, only of
    what the site supplies. `tells_once`: what the person does next comes without them.
    """

    release: Release
    site: str
    at: datetime
    sitting: str
    authentication: str | None = None
    authenticated_at: datetime | None = None
    traits: Mapping[str, Any] = {}
    tells_once: bool = False


def authentication_of(sid: str | None, auth_time: datetime | None) -> str | None:
    """The name of a login: the host's session id, shortened, else the time of it, else None."""
    if sid:
        return "sid:" + hashlib.blake2b(sid.encode(), digest_size=9).hexdigest()
    return f"auth:{int(auth_time.timestamp())}" if auth_time else None


def sitting_of(subject: Subject, site: str, authentication: str | None, at: datetime) -> str:
    """The stay of a person: that of the login, else half an hour since last seen on the site."""
    return authentication or subject.sitting(site, at)


def greet_subject(connection: Connection, who: SubjectKey, arrival: Arrival) -> Subject:
    """Store what an arrival brings: a person never seen, or a login not yet counted."""
    return change_subject(connection, who, lambda s: arrived(s, arrival), arrival.at)


def brings_news(subject: Subject, arrival: Arrival) -> bool:
    """Whether the arrival must be stored; the same request again brings none."""
    if arrival.tells_once and with_traits(subject, arrival) is not subject:
        return True
    return subject.version == 0 or bool(_uncounted(subject, arrival))


def arrived(subject: Subject, arrival: Arrival) -> Change | None:
    """What the arrival makes of the person."""
    if not brings_news(subject, arrival):
        return None
    scopes = _uncounted(subject, arrival)
    after, told = _with_traits(subject, arrival, is_login=bool(scopes))
    after = after.seen(arrival.site, arrival.sitting, arrival.at)
    if scopes and arrival.authentication:
        after = after.with_login(arrival.authentication, _login_at(arrival), scopes)
    return Change(after, told, _events(arrival, scopes, told))


def with_traits(subject: Subject, arrival: Arrival) -> Subject:
    """The person with the claims laid over the row, for deciding; nothing is stored."""
    return _with_traits(subject, arrival, is_login=False)[0]


def _uncounted(subject: Subject, arrival: Arrival) -> tuple[str, ...]:
    name, at = arrival.authentication, _login_at(arrival)
    if name is None:
        return ()
    scopes = ("", arrival.site)
    return tuple([scope for scope in scopes if not subject.has_authenticated(name, at, scope)])


def _login_at(arrival: Arrival) -> int:
    return to_milliseconds(arrival.authenticated_at or arrival.at)


def _with_traits(
    subject: Subject, arrival: Arrival, *, is_login: bool
) -> tuple[Subject, tuple[Told, ...]]:
    said = {
        key: Answer(State.ANSWERED, value, version=arrival.release.attributes[key].version)
        for key, value in arrival.traits.items()
        if _fills(subject, arrival.release, key, value, is_login=is_login)
    }
    if not said:
        return subject, ()
    provenance = Provenance(
        Source.CLAIM, to_milliseconds(arrival.at), arrival.site, release=arrival.release.number
    )
    return lay_answers(subject, said, provenance, arrival.release)


def _fills(subject: Subject, release: Release, key: str, value: Any, *, is_login: bool) -> bool:
    known = subject.answer(release.attribute_id(key))
    if known and known.value == value:
        return False
    attribute = release.attributes[key]
    if attribute.fill == "first_sight":
        return subject.version == 0
    if known is None or known.state is State.UNSET:
        return True
    return is_login and (attribute.fill == "login" or attribute.authority == "claim")


def _events(arrival: Arrival, scopes: tuple[str, ...], told: tuple[Told, ...]) -> tuple[Event, ...]:
    number = arrival.release.number
    events = [
        Event(EventKind.ENRICHED, arrival.site, attribute=one.attribute, release=number)
        for one in told
    ]
    if arrival.site in scopes:
        events.append(Event(EventKind.LOGGED_IN, arrival.site, release=number))
    return tuple(events)

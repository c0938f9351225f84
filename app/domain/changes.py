"""A change: what becomes of a person, stored whole in the one short transaction of a verb."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.answers import Answer, Provenance, State
from app.domain.subjects import Basis, Subject, SubjectKey
from app.domain.tables import counts, events, history, subjects
from app.lib.db import Append, Database, Prepared, hold, lane, together

_is_this_person = and_(
    subjects.c.workspace == bindparam("workspace"), subjects.c.subject == bindparam("subject")
)
_row = select(subjects.c.version, subjects.c.body).where(_is_this_person)
_FIND = Prepared(_row)
_LOCK = Prepared(_row.with_for_update())
_INSERT = Prepared(
    insert(subjects)
    .values(
        workspace=bindparam("workspace"),
        subject=bindparam("subject"),
        version=1,
        body=bindparam("body"),
    )
    .on_conflict_do_nothing()
)
_UPDATE = Prepared(
    update(subjects)
    .where(_is_this_person, subjects.c.version == bindparam("version"))
    .values(body=bindparam("body"), version=subjects.c.version + 1)
)
_HISTORY = Append(history)
_EVENTS = Append(events)
_COUNTS = Append(counts, adding="n")


class EventKind(StrEnum):
    """What can happen to a person."""

    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    SHOWN = "shown"
    SUBMITTED = "submitted"
    CORRECTED = "corrected"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    DISMISSED = "dismissed"
    EDITED = "edited"
    CLEARED = "cleared"
    ENRICHED = "enriched"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"


class Event(msgspec.Struct, frozen=True):
    """Something that happened to a person: ids and names, never a value."""

    kind: EventKind
    site: str
    step: str | None = None
    attribute: str | None = None
    release: int | None = None


class Told(msgspec.Struct, frozen=True):
    """An answer that changed, by its attribute's id, as history keeps it."""

    attribute: str
    answer: Answer
    provenance: Provenance


class Change(msgspec.Struct, frozen=True):
    """The person afterwards, the answers that changed and the events that happened."""

    subject: Subject
    told: tuple[Told, ...] = ()
    events: tuple[Event, ...] = ()


async def find_subject(database: Database, who: SubjectKey) -> Subject:
    """The person as stored, or one never seen: the one read of a request. Raises DatabaseAway."""
    return Subject.from_row(who, await database.look_up(_FIND, **who._asdict()))


def change_subject(
    connection: Connection,
    who: SubjectKey,
    change: Callable[[Subject], Change | None],
    at: datetime,
    basis: Basis | None = None,
) -> Subject:
    """Store what `change` makes of the person, and return the person afterwards.

    A verb that ends in this is for `Database.save`. `change` is pure. Where somebody else changes
    the row in between, it is locked and `change` is applied to what it holds then: answers merge
    per attribute, counts add, and the same prompt is recognised, without a second attempt. None
    means there is nothing to store. Raises TooMuch, and Refused where the row does not bear out the
    `basis` of the form that asks.
    """
    for read in (_FIND, _LOCK):
        if read is _LOCK:
            hold(connection)
        subject = Subject.from_row(who, read.one(connection, **who._asdict()))
        if basis is not None:
            subject.check_basis(basis)
        outcome = change(subject)
        if outcome is None:
            return subject
        if _store(connection, subject, outcome, at):
            return outcome.subject.stored()
    raise RuntimeError("a locked row was changed by somebody else")


def _store(connection: Connection, before: Subject, outcome: Change, at: datetime) -> bool:
    """The row with its history, events and counts, unless its version is another by now."""
    after = outcome.subject
    values: dict[str, Any] = {**after.key._asdict(), "body": after.to_bytes()}
    guard = _INSERT
    if before.version:
        guard, values["version"] = _UPDATE, before.version
    return together(
        connection,
        guard,
        values,
        (_HISTORY, _history_rows(outcome, at)),
        (_EVENTS, _event_rows(outcome, at)),
        (_COUNTS, _count_rows(outcome, at, lane(connection))),
    )


def _history_rows(outcome: Change, at: datetime) -> list[dict[str, Any]]:
    return [
        {**key, **_told(told)} for key, told in zip(_keys(outcome, at), outcome.told, strict=False)
    ]


def _event_rows(outcome: Change, at: datetime) -> list[dict[str, Any]]:
    return [
        {**key, **_happened(event)}
        for key, event in zip(_keys(outcome, at), outcome.events, strict=False)
    ]


def _keys(outcome: Change, at: datetime) -> Iterator[dict[str, Any]]:
    # Rows of one moment are ordered by the version they led to and their number below it: no two
    # transactions of a person share a version. 31 bits, for the column is an integer.
    subject = outcome.subject
    first = (subject.version & 0x1FFFFF) << 10
    moment = {**subject.key._asdict(), "at": at}
    return ({**moment, "id": first + n} for n in count())


def _told(told: Told) -> dict[str, Any]:
    # An enumeration's `value` is a property that costs two calls; `_value_` is what it returns.
    answer = told.answer
    value = {"value": answer.value, "version": answer.version}
    return {
        "attribute": int(told.attribute),
        "state": answer.state._value_,
        "value": msgspec.json.encode(value) if answer.state is State.ANSWERED else None,
        "provenance": msgspec.json.encode(told.provenance),
    }


def _happened(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind._value_,
        "step": event.step,
        "attribute": None if event.attribute is None else int(event.attribute),
        "site": event.site,
        "release": event.release,
        "details": None,
    }


def _count_rows(outcome: Change, at: datetime, lane: int) -> list[dict[str, Any]]:
    """Daily counts that name nobody; in a fixed order, so that two writers cannot deadlock."""
    tally = Counter((event.site, event.step or "", event.kind._value_) for event in outcome.events)
    fixed = {"workspace": outcome.subject.key.workspace, "day": at.date(), "lane": lane}
    return [
        {**fixed, "site": site, "step": step, "kind": kind, "n": n}
        for (site, step, kind), n in sorted(tally.items())
    ]


def digest_of(action: str, values: Mapping[str, Any]) -> str:
    """What a prompt was answered with, short; it stands in the row beside the values it is of."""
    written = msgspec.json.encode([action, values], order="deterministic")
    return hashlib.blake2b(written, digest_size=9).hexdigest()

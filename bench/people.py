"""The people: a thousand or a million, each known a little, stored as the program does."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as upsert

from app.domain.answers import Answer, Provenance, Source, State
from app.domain.arrivals import Arrival, arrived, authentication_of
from app.domain.release import Release
from app.domain.subjects import Subject, SubjectKey
from app.domain.tables import subjects
from app.domain.times import to_milliseconds
from app.lib.db import Database

WORKSPACE = "bench"
NOW = datetime.now(UTC)
AUTH_TIME = int((NOW - timedelta(minutes=5)).timestamp())
SITTING = authentication_of(None, datetime.fromtimestamp(AUTH_TIME, UTC)) or ""
_BATCH = 5_000
_KNOWN = {"given_name": "Ada", "family_name": "Example", "website": "https://ada.example"}


def sub(number: int) -> str:
    """The host's id of a person: neighbours in number are strangers in the index."""
    return blake2b(number.to_bytes(8), digest_size=12).hexdigest()


def aggregate(release: Release) -> bytes:
    """A person who has logged in, today too, and answered another step a year ago."""
    then = NOW - timedelta(days=365)
    said = {
        release.attribute_id(key): Answer(State.ANSWERED, value) for key, value in _KNOWN.items()
    }
    source = Provenance(Source.STEP, to_milliseconds(then), "club", "hello", 1, "en")
    person = Subject(SubjectKey(WORKSPACE, "")).with_answers(said, source)
    for days in (400, 200, 100, 50, 10, 1):
        person = _after_login(person, release, NOW - timedelta(days=days))
    return _after_login(person, release, datetime.fromtimestamp(AUTH_TIME, UTC)).to_bytes()


def _after_login(person: Subject, release: Release, at: datetime) -> Subject:
    name = authentication_of(None, at)
    change = arrived(person, Arrival(release, "shop", at, name or "", name, at))
    return change.subject if change else person


async def seed(database: Database, body: bytes, numbers: Iterable[int]) -> None:
    """Store these people as never having met the step; those who have are as before again."""
    rows = _rows(body, numbers)
    while batch := list(islice(rows, _BATCH)):
        await database.write(_store, batch)


def _rows(body: bytes, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        yield {"workspace": WORKSPACE, "subject": sub(number), "version": 1, "body": body}


def _store(connection: Connection, rows: list[dict[str, Any]]) -> None:
    # PostgreSQL's INSERT … ON CONFLICT compiles on SQLite too: the clause is the same.
    statement = upsert(subjects)
    again = {"version": statement.excluded.version, "body": statement.excluded.body}
    connection.execute(
        statement.on_conflict_do_update(index_elements=subjects.primary_key, set_=again), rows
    )

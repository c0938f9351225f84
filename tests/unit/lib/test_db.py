"""What every verb may rely on, on both databases."""

import asyncio
import sys
import threading
import traceback
from contextlib import suppress

import pytest
from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.util import await_only

from app.domain.tables import subjects
from app.lib.db import Database, DatabaseAway, DatabaseConflict, DatabaseError, Prepared

FIND = Prepared(
    select(subjects.c.version, subjects.c.body).where(
        subjects.c.workspace == bindparam("workspace"), subjects.c.subject == bindparam("subject")
    )
)
LOCK = select(subjects.c.version, subjects.c.body).with_for_update()
SAVE = Prepared(
    update(subjects)
    .where(subjects.c.subject == bindparam("who"), subjects.c.version == bindparam("seen"))
    .values(version=subjects.c.version + 1, body=bindparam("now"))
)


class Refused(Exception):
    """A verb's own objection."""


class Stopped(BaseException):
    """What is not an Exception."""


def add(connection: Connection, subject: str, body: bytes = b"") -> str:
    connection.execute(
        insert(subjects), {"workspace": "acme", "subject": subject, "version": 0, "body": body}
    )
    return subject


def add_and_raise(connection: Connection, subject: str, error: BaseException) -> None:
    add(connection, subject)
    raise error


def everybody(connection: Connection) -> list[str]:
    return list(connection.scalars(select(subjects.c.subject).order_by(subjects.c.subject)))


def note(connection: Connection, subject: str, word: bytes) -> None:
    """Compare-and-set with what was read before; when it lost, lock, merge and update."""
    seen = FIND.one(connection, workspace="acme", subject=subject)
    assert seen is not None
    if SAVE.run(connection, who=subject, seen=seen[0], now=seen[1] + word):
        return
    version, body = connection.execute(LOCK.where(subjects.c.subject == subject)).one()
    assert SAVE.run(connection, who=subject, seen=version, now=body + word) == 1


async def test_what_was_written_is_read(database: Database) -> None:
    assert await database.write(add, "vera", b"words") == "vera"
    assert await database.read(everybody) == ["vera"]


async def test_what_was_written_is_there_for_others_when_write_returns(
    database: Database, database_url: str
) -> None:
    other = Database(database_url)
    await other.open()
    await database.write(add, "vera")
    assert await other.read(everybody) == ["vera"]
    await other.close()


@pytest.mark.parametrize("error", [Refused(), StopIteration(), Stopped()])
async def test_a_failing_verb_writes_nothing_and_hurts_no_neighbour(
    database: Database, error: BaseException
) -> None:
    outcomes = list(
        await asyncio.gather(
            database.write(add, "ada"),
            swallowed(database, error),
            database.write(add, "vera"),
        )
    )
    assert outcomes == ["ada", "raised", "vera"]
    assert await database.read(everybody) == ["ada", "vera"]


async def swallowed(database: Database, error: BaseException) -> str:
    expected = RuntimeError if isinstance(error, StopIteration) else type(error)
    with pytest.raises(expected):
        await database.write(add_and_raise, "ben", error)
    return "raised"


async def test_a_commit_that_fails_saves_nothing_and_says_so(database: Database) -> None:
    await database.write(make_letters)
    failed = await asyncio.gather(
        database.write(add_letter, "nobody"),
        database.write(add_letter, "no one"),
        return_exceptions=True,
    )
    assert [type(error) for error in failed] == [DatabaseConflict, DatabaseConflict]
    assert await database.read(count_letters) == 0
    assert await database.write(add, "vera") == "vera"


def make_letters(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE people (name TEXT PRIMARY KEY)"))
    connection.execute(
        text(
            "CREATE TABLE letters (whose TEXT REFERENCES people (name) "
            "DEFERRABLE INITIALLY DEFERRED)"
        )
    )


def add_letter(connection: Connection, whose: str) -> None:
    connection.execute(text("INSERT INTO letters VALUES (:whose)"), {"whose": whose})


def count_letters(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM letters")).scalar_one())


async def test_thirty_two_writers_of_one_person_all_count(
    database: Database, database_url: str
) -> None:
    other = Database(database_url)
    await other.open()
    await database.write(add, "vera")
    words = [b"<%d>" % n for n in range(32)]
    await asyncio.gather(
        *(each.write(note, "vera", word) for word in words for each in (database, other))
    )
    found = await other.read(FIND.one, workspace="acme", subject="vera")
    assert found is not None
    assert found[0] == 64
    assert [found[1].count(word) for word in words] == [2] * 32
    await other.close()


WRITER = """
import asyncio, sys
from app.lib.db import Database
from tests.unit.lib.test_db import note

async def main(url, name):
    database = Database(url)
    await database.open()
    await asyncio.gather(*(database.write(note, "vera", name.encode()) for _ in range(50)))
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_write_one_person_and_lose_nothing(
    database: Database, database_url: str
) -> None:
    await database.write(add, "vera")
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, database_url, name)
        for name in "ab"
    ]
    codes = [await process.wait() for process in processes]
    found = await database.read(FIND.one, workspace="acme", subject="vera")
    assert codes == [0, 0]
    assert found is not None
    assert sorted(found[1]) == sorted(b"a" * 50 + b"b" * 50)


async def test_a_caller_who_leaves_hurts_nobody(database: Database) -> None:
    entered, leave = threading.Event(), threading.Event()
    slow = asyncio.create_task(database.write(wait_in_a_verb, entered, leave))
    await asyncio.to_thread(entered.wait)
    leaver = asyncio.create_task(database.write(add, "ben"))
    stayer = asyncio.create_task(database.write(add, "vera"))
    await asyncio.sleep(0)
    slow.cancel()
    leaver.cancel()
    leave.set()
    assert await stayer == "vera"
    for task in (slow, leaver):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await database.write(add, "ada") == "ada"
    assert {"ada", "vera"} <= set(await database.read(everybody))


def wait_in_a_verb(
    connection: Connection, entered: threading.Event, leave: threading.Event
) -> None:
    """Holds a transaction open: on the writer's thread, or on PostgreSQL beside the loop."""
    add(connection, "slow")
    entered.set()
    if connection.dialect.name == "sqlite":
        leave.wait(10)
    else:
        await_only(asyncio.to_thread(leave.wait, 10))


async def test_closing_does_what_was_accepted(database: Database, database_url: str) -> None:
    again = Database(database_url)
    await again.open()
    accepted = [asyncio.create_task(again.write(add, f"person-{n:02}")) for n in range(40)]
    await asyncio.sleep(0)
    await again.close()
    assert [await task for task in accepted] == await database.read(everybody)


async def test_a_closed_database_is_away(database_url: str) -> None:
    closed = Database(database_url)
    await closed.open()
    await closed.close()
    with pytest.raises(DatabaseAway):
        await closed.read(everybody)
    with pytest.raises(DatabaseAway):
        await closed.write(add, "vera")


def add_prepared(connection: Connection, subject: str) -> None:
    Prepared(insert(subjects)).run(
        connection, workspace="acme", subject=subject, version=0, body=b""
    )


@pytest.mark.parametrize("verb", [add, add_prepared])
async def test_a_conflict_names_no_value(database: Database, verb: object) -> None:
    assert callable(verb)
    # Not as it stands in these lines, for a traceback quotes them.
    name = "NAME SECRET A".swapcase()
    await database.write(add, name)
    with pytest.raises(DatabaseConflict) as raised:
        await database.write(verb, name)
    assert raised.value.code in {"23505", "SQLITE_CONSTRAINT_PRIMARYKEY"}
    assert raised.value.__context__ is None
    said = [*raised.value.args, *traceback.format_exception(raised.value)]
    assert not [line for line in said if name in line]


async def test_a_mistake_in_our_sql_says_what_and_where(database: Database) -> None:
    def mistaken(connection: Connection) -> None:
        connection.execute(text("SELECT unheard_of FROM subjects"))

    with pytest.raises(DatabaseError, match="unheard_of") as raised:
        await database.read(mistaken)
    assert "mistaken" in [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]


async def test_counting_tells_reads_from_transactions(database: Database) -> None:
    await database.write(add, "vera")
    with database.counting() as counted:
        await database.read(FIND.one, workspace="acme", subject="vera")
        await database.write(note, "vera", b"!")
    said = [statement.split()[0] for statement in counted.statements]
    assert (counted.reads, counted.transactions) == (1, 1)
    assert [word for word in said if word in {"SELECT", "UPDATE"}] == ["SELECT", "SELECT", "UPDATE"]
    assert said[-1] == "COMMIT"


async def test_nothing_is_counted_outside(database: Database) -> None:
    with database.counting() as counted:
        pass
    await database.write(add, "vera")
    assert (counted.reads, counted.transactions, counted.statements) == (0, 0, [])


def test_other_databases_are_refused() -> None:
    for url in ("mysql://localhost/x", "sqlite://", "sqlite:///:memory:"):
        with pytest.raises(ValueError, match="sqlite"):
            Database(url)


async def test_a_write_goes_on_after_many_failures(database: Database) -> None:
    for _ in range(20):
        with suppress(Refused):
            await database.write(add_and_raise, "ben", Refused())
    assert await database.write(everybody) == []

"""PostgreSQL alone: connections that break, are missing or take too long."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    text,
)
from sqlalchemy.util import await_only

from app.lib.db import Database, DatabaseAway, DatabaseError, Prepared, hold, lane, together
from tests.postgresql import Server


@pytest.fixture
async def notes(postgresql_url: str) -> AsyncIterator[Database]:
    database = Database(postgresql_url, connections=4, wait_timeout=0.05, patience=1.0)
    await database.open()
    await database.write(run, "CREATE TABLE notes (word TEXT PRIMARY KEY)")
    yield database
    await database.close()


def run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def add(connection: Connection, word: str) -> str:
    connection.execute(text("INSERT INTO notes VALUES (:word)"), {"word": word})
    return word


def words(connection: Connection) -> list[str]:
    return list(connection.scalars(text("SELECT word FROM notes ORDER BY word")))


async def warm(notes: Database, count: int = 4) -> None:
    """Has so many connections opened, by using them at the same time."""
    together = asyncio.Barrier(count)
    await asyncio.gather(*(notes.read(wait_for, together.wait()) for _ in range(count)))


def wait_for(connection: Connection, what: object) -> None:
    await_only(what)  # type: ignore[arg-type]


async def cut_all(url: str) -> None:
    """What a restart, a failover or an operator does to connections that wait for work."""
    other = await asyncpg.connect(url.replace("+asyncpg", ""))
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()


def cut_myself(connection: Connection) -> None:
    connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_connections_cut_while_idle_are_not_noticed_by_callers(
    notes: Database, postgresql_url: str
) -> None:
    for _ in range(2):
        await warm(notes)
        await cut_all(postgresql_url)
        assert await notes.read(words) == []
        await warm(notes)
        await cut_all(postgresql_url)
        await notes.write(words)


async def test_a_read_on_a_broken_connection_is_read_once_more(notes: Database) -> None:
    tries: list[int] = []

    def broken_at_first(connection: Connection) -> list[str]:
        tries.append(1)
        if len(tries) == 1:
            cut_myself(connection)
        return words(connection)

    assert await notes.read(broken_at_first) == []
    assert len(tries) == 2


async def test_a_read_is_not_tried_for_ever(notes: Database) -> None:
    with pytest.raises(DatabaseAway):
        await notes.read(cut_myself)
    assert await notes.read(words) == []


async def test_a_write_on_a_broken_connection_is_away_and_not_repeated(notes: Database) -> None:
    tries: list[int] = []

    def broken(connection: Connection) -> None:
        tries.append(1)
        add(connection, "a")
        cut_myself(connection)

    with pytest.raises(DatabaseAway):
        await notes.write(broken)
    assert len(tries) == 1
    assert await notes.read(words) == []
    assert await notes.write(add, "a") == "a"


WORDS = Table("notes", MetaData(), Column("word", String, primary_key=True))
ADD = Prepared(insert(WORDS).values(word=bindparam("word")))


def save(connection: Connection, word: str) -> str:
    together(connection, ADD, {"word": word})
    return word


async def test_a_save_is_a_transaction_by_itself(notes: Database) -> None:
    with notes.counting() as counted:
        assert await notes.save(save, "a") == "a"
    assert [statement.split()[0] for statement in counted.statements] == ["WITH"]
    assert await notes.read(words) == ["a"]


async def test_a_save_that_fails_after_it_has_begun_one_saves_nothing(notes: Database) -> None:
    def fail(connection: Connection) -> None:
        hold(connection)
        hold(connection)
        save(connection, "a")
        raise LookupError

    with notes.counting() as counted, pytest.raises(LookupError):
        await notes.save(fail)
    assert [s.split()[0] for s in counted.statements] == ["BEGIN", "WITH", "ROLLBACK"]
    assert await notes.read(words) == []
    assert await notes.save(save, "a") == "a"


async def test_a_save_that_has_begun_one_ends_it(notes: Database) -> None:
    def twice(connection: Connection) -> None:
        hold(connection)
        save(connection, "a")
        save(connection, "b")

    await notes.save(twice)
    assert await notes.read(words) == ["a", "b"]
    await notes.save(save, "c")
    assert await notes.read(words) == ["a", "b", "c"]


async def test_a_save_is_repeated_only_where_nothing_can_have_been_written(notes: Database) -> None:
    tries: list[str] = []

    def cut_before(connection: Connection) -> str:
        tries.append("before")
        if len(tries) == 1:
            cut_myself(connection)
        return save(connection, "a")

    def cut_after(connection: Connection) -> None:
        tries.append("after")
        save(connection, "b")
        cut_myself(connection)

    assert await notes.save(cut_before) == "a"
    with pytest.raises(DatabaseAway):
        await notes.save(cut_after)
    assert tries == ["before", "before", "after"]
    assert await notes.read(words) == ["a", "b"]


async def test_who_reads_after_a_save_does_not_notice_a_cut(
    notes: Database, postgresql_url: str
) -> None:
    await notes.save(save, "a")
    await cut_all(postgresql_url)
    assert await notes.look_up(Prepared(select(WORDS.c.word))) == ("a",)
    await notes.save(save, "b")
    await cut_all(postgresql_url)
    assert await notes.read(words) == ["a", "b"]


async def test_a_stopped_server_is_away() -> None:
    server = await asyncio.to_thread(Server)
    database = Database(f"{server.address}/postgres")
    await database.open()
    await database.write(run, "CREATE TABLE notes (word TEXT)")
    await asyncio.to_thread(server.stop)
    for _ in range(2):
        with pytest.raises(DatabaseAway):
            await database.read(words)
        with pytest.raises(DatabaseAway):
            await database.write(add, "a")
    await database.close()


async def test_when_all_connections_are_taken_the_wait_ends(notes: Database) -> None:
    over = asyncio.Event()
    slow = [asyncio.ensure_future(notes.read(wait_for, over.wait())) for _ in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(DatabaseAway, match="no connection"):
        await notes.read(words)
    over.set()
    await asyncio.gather(*slow)
    assert await notes.read(words) == []


async def test_who_leaves_the_queue_takes_no_connection_with_him(notes: Database) -> None:
    over = asyncio.Event()
    slow = [asyncio.ensure_future(notes.read(wait_for, over.wait())) for _ in range(4)]
    leavers = [asyncio.ensure_future(notes.read(words)) for _ in range(4)]
    await asyncio.sleep(0)
    over.set()
    await asyncio.gather(*slow)
    for leaver in leavers:
        leaver.cancel()
    await asyncio.gather(*leavers, return_exceptions=True)
    await warm(notes)


async def test_a_statement_that_takes_too_long_is_away(notes: Database) -> None:
    with pytest.raises(DatabaseAway, match="57014"):
        await notes.read(run, "SELECT pg_sleep(60)")
    assert await notes.read(words) == []


async def test_an_error_the_verb_swallowed_is_not_taken_for_saved(notes: Database) -> None:
    def careless(connection: Connection) -> None:
        add(connection, "a")
        with pytest.raises(Exception, match="a"):
            add(connection, "a")

    with pytest.raises(DatabaseError, match="ROLLBACK"):
        await notes.write(careless)
    assert await notes.read(words) == []


async def test_a_cancelled_write_writes_nothing(notes: Database) -> None:
    entered, never = asyncio.Event(), asyncio.Event()

    def slow(connection: Connection) -> None:
        add(connection, "a")
        entered.set()
        await_only(never.wait())

    task = asyncio.ensure_future(notes.write(slow))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await warm(notes)
    assert await notes.read(words) == []


async def test_writers_at_the_same_time_have_lanes_of_their_own(notes: Database) -> None:
    together = asyncio.Barrier(4)

    def my_lane(connection: Connection) -> int:
        await_only(together.wait())
        return lane(connection)

    lanes = await asyncio.gather(*(notes.write(my_lane) for _ in range(4)))
    assert len(set(lanes)) > 1
    assert all(0 <= each < 64 for each in lanes)


async def test_an_address_where_nobody_is_is_away() -> None:
    for url in ("postgresql://127.0.0.1:1/x", "postgres://vera:word@127.0.0.1:1/x"):
        nobody = Database(url)
        await nobody.open()
        with pytest.raises(DatabaseAway) as raised:
            await nobody.read(words)
        assert "word" not in str(raised.value)
        await nobody.close()

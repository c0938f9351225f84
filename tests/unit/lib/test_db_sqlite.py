"""SQLite alone: sharing a commit, waiting for others, and where its file may be."""

import asyncio
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, MetaData, String, Table, select, text

from app.lib.db import Database, DatabaseAway, DatabaseError, Prepared
from app.lib.db.disks import disk_kind, refuse_network_disk
from app.lib.db.prepared import Compiled

WORDS = Table("notes", MetaData(), Column("word", String, primary_key=True))
MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/shared\\040files rw,relatime - nfs4 server:/files rw
31 30 8:2 / /srv/shared\\040files/local rw - xfs /dev/sdb rw
32 22 0:41 / /desktop rw - 9p host rw
33 22 0:42 / /over rw - ext4 /dev/sdc rw
34 22 0:43 / /over rw - cifs //server/over rw
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "notes.db"


@pytest.fixture
async def notes(file: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{file}", patience=0.05)
    await database.open()
    await database.write(run, "CREATE TABLE notes (word TEXT PRIMARY KEY)")
    yield database
    await database.close()


def run(connection: Connection, statement: str) -> int:
    return connection.execute(text(statement)).rowcount


def add(connection: Connection, word: str) -> str:
    connection.execute(text("INSERT INTO notes VALUES (:word)"), {"word": word})
    return word


def words(connection: Connection) -> list[str]:
    return list(connection.scalars(text("SELECT word FROM notes ORDER BY word")))


@contextmanager
def busy(notes: Database) -> Iterator[None]:
    """Keeps the writer inside a verb, so that what comes meanwhile is one batch."""
    entered, leave = threading.Event(), threading.Event()

    def wait(connection: Connection) -> None:
        entered.set()
        leave.wait(10)

    task = asyncio.ensure_future(notes.write(wait))
    yield
    leave.set()
    assert not task.cancelled()


async def test_those_who_wait_share_one_commit(notes: Database) -> None:
    with notes.counting() as counted:
        with busy(notes):
            await asyncio.sleep(0)
            waiting = [asyncio.ensure_future(notes.write(add, word)) for word in "abc"]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)
    assert counted.statements.count("COMMIT") < 4
    assert await notes.read(words) == ["a", "b", "c"]


async def test_nobody_is_told_before_the_commit(notes: Database) -> None:
    first: asyncio.Future[str]

    def seen_by_others(connection: Connection) -> tuple[bool, list[str]]:
        with closing(sqlite3.connect(str(connection.engine.url.database))) as other:
            return first.done(), [word for (word,) in other.execute("SELECT word FROM notes")]

    with busy(notes):
        await asyncio.sleep(0)
        first = asyncio.ensure_future(notes.write(add, "a"))
        second = asyncio.ensure_future(notes.write(seen_by_others))
        await asyncio.sleep(0)
    assert await second == (False, [])
    assert await first == "a"


async def test_a_lock_held_elsewhere_for_too_long_is_away_and_then_is_not(
    notes: Database, file: Path
) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(DatabaseAway, match="SQLITE_BUSY"):
                await notes.write(add, "a")
        assert await notes.read(words) == []
        other.execute("ROLLBACK")
    assert await notes.write(add, "a") == "a"


async def test_a_full_disk_is_away_and_then_is_not(notes: Database) -> None:
    await notes.write(run, "PRAGMA max_page_count = 1")
    full = await asyncio.gather(
        notes.write(add, "a" * 100_000), notes.write(add, "b" * 100_000), return_exceptions=True
    )
    await notes.write(run, "PRAGMA max_page_count = 1000000")
    assert [str(error) for error in full] == ["SQLITE_FULL"] * 2
    assert [type(error) for error in full] == [DatabaseAway] * 2
    assert await notes.write(add, "a") == "a"
    assert await notes.read(words) == ["a"]


class Looking(Prepared):
    """A look-up that notes where it runs, and does something first."""

    def __init__(self, first: Callable[[], None] = lambda: None) -> None:
        super().__init__(select(WORDS.c.word))
        self.first, self.where = first, list[str]()

    def compiled(self, connection: Connection) -> Compiled:
        self.where.append(threading.current_thread().name)
        if len(self.where) == 1:
            self.first()
        return super().compiled(connection)


def failing(name: str) -> Callable[[], None]:
    def fail() -> None:
        error = sqlite3.OperationalError("as the driver says it")
        error.sqlite_errorname = name
        raise error

    return fail


HERE = threading.main_thread().name


async def test_a_look_up_needs_no_thread(notes: Database) -> None:
    await notes.write(add, "a")
    looking = Looking()
    assert await notes.look_up(looking) == ("a",)
    assert looking.where == [HERE]


async def test_a_look_up_waits_for_a_lock_where_it_keeps_nobody(notes: Database) -> None:
    looking = Looking(failing("SQLITE_BUSY_RECOVERY"))
    assert await notes.look_up(looking) is None
    assert looking.where == [HERE, "askonce-reads"]


async def test_a_look_up_finds_a_broken_connection_renewed(notes: Database) -> None:
    looking = Looking(failing("SQLITE_IOERR"))
    with notes.counting() as counted:
        with pytest.raises(DatabaseAway, match="SQLITE_IOERR"):
            await notes.look_up(looking)
        assert await notes.look_up(looking) is None
    assert looking.where == [HERE] * 2
    assert len(counted.statements) == 1


async def test_nothing_is_looked_up_once_it_is_closed(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    await database.open()
    await database.write(run, "CREATE TABLE notes (word TEXT PRIMARY KEY)")
    looking = Looking()
    await database.look_up(looking)
    await database.close()
    with pytest.raises(DatabaseAway, match="closed"):
        await database.look_up(looking)
    assert looking.where == [HERE]


async def test_one_that_fails_takes_no_other_with_it(notes: Database) -> None:
    ran: list[str] = []

    def add_and_fail(connection: Connection) -> None:
        ran.append(add(connection, "c"))
        raise LookupError

    with busy(notes):
        await asyncio.sleep(0)
        tasks = [
            asyncio.ensure_future(notes.write(add, "a")),
            asyncio.ensure_future(notes.write(add_and_fail)),
            asyncio.ensure_future(notes.write(add, "b")),
        ]
        await asyncio.sleep(0)
    first, failed, last = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, type(failed), last) == ("a", LookupError, "b")
    assert ran == ["c", "c"]
    assert await notes.read(words) == ["a", "b"]


async def test_a_read_cannot_write(notes: Database) -> None:
    with pytest.raises(DatabaseError, match="SQLITE_READONLY"):
        await notes.read(add, "a")
    assert await notes.read(words) == []


async def test_the_files_are_their_owners_alone(notes: Database, file: Path) -> None:
    await notes.write(add, "a")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    assert {"notes.db", "notes.db-wal", "notes.db-turns"} <= modes.keys()
    assert set(modes.values()) == {0o600}


async def test_a_commit_reaches_the_disk_unless_told_otherwise(file: Path) -> None:
    for setting, level in (("FULL", 2), ("NORMAL", 1)):
        database = Database(f"sqlite:///{file}", synchronous=setting)
        await database.open()
        asked = [await database.write(pragma, name) for name in ("synchronous", "journal_mode")]
        assert asked == [level, "wal"]
        assert await database.write(pragma, "foreign_keys") == 1
        await database.close()


def pragma(connection: Connection, name: str) -> object:
    return connection.execute(text(f"PRAGMA {name}")).scalar_one()


async def test_a_file_that_cannot_be_had_is_away(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_bytes(b"this is not a database, whatever it is called" * 100)
    database = Database(f"sqlite:///{tmp_path / 'notes.db'}")
    with pytest.raises(DatabaseAway, match="SQLITE_NOTADB"):
        await database.open()
    await database.close()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/srv/shared files/people", "nfs4"),
        ("/srv/shared files/local/people", "xfs"),
        ("/srv/shared", "ext4"),
        ("/over", "cifs"),
    ],
)
def test_the_deepest_mount_says_what_a_disk_is(folder: str, kind: str) -> None:
    assert disk_kind(Path(folder), MOUNTS) == kind


def test_a_network_disk_is_refused_and_only_that(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    with pytest.raises(ValueError, match="network disk"):
        refuse_network_disk(Path("/srv/shared files"), mounts)
    for folder in ("/desktop", "/var"):
        refuse_network_disk(Path(folder), mounts)
    refuse_network_disk(Path("/srv/shared files"), tmp_path / "no such list")

"""SQLite: one writer that shares its commits, one reader, and look-ups that need no thread."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.pool import NullPool

from .disks import refuse_network_disk
from .faults import is_busy
from .held import Held, Trace
from .line import Call, Line
from .prepared import Prepared, Row, Values


class Sqlite:
    """Reads and writes of one process on one file; other processes may have it open too."""

    def __init__(
        self,
        url: URL,
        *,
        synchronous: str = "FULL",
        patience: float = 10.0,
        batch: int = 64,
    ) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///var/askonce.db")
        self._path = Path(url.database).absolute()
        self._synchronous, self._batch = synchronous, batch
        self._engine = create_engine(
            url.set(drivername="sqlite", database=str(self._path)),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"timeout": patience, "check_same_thread": False},
        )
        event.listen(self._engine, "connect", self._prepare)
        self._reader = Held(self._engine.connect, "PRAGMA query_only = ON")
        # With room for the inner pages of a million people (KiB, if negative).
        self._looker = Held(
            self._engine.connect,
            "PRAGMA query_only = ON",
            "PRAGMA busy_timeout = 0",
            "PRAGMA cache_size = -8192",
        )
        self._writer = Held(self._engine.connect)

    async def open(self) -> None:
        """Raises DatabaseAway when the file cannot be had, ValueError for a network disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        refuse_network_disk(self._path.parent)
        self._turns = private_file(self._path.with_name(self._path.name + "-turns"))
        os.close(private_file(self._path))
        self._reads = Line("askonce-reads", self._read, nullcontext, self._batch)
        self._writes = Line("askonce-writes", self._write, self._turn, self._batch)
        await self.write(connected, (), {})

    async def close(self) -> None:
        await asyncio.gather(self._reads.close(), self._writes.close())
        for held in (self._reader, self._looker, self._writer):
            held.drop()
        self._engine.dispose()
        os.close(self._turns)

    async def read(self, fn: Callable[..., Any], args: Any, kw: Any) -> Any:
        return await self._reads.call(fn, args, kw)

    async def look_up(self, statement: Prepared, values: Values) -> Row | None:
        """Reads where we are: a thread would cost ten times that.

        Nobody locks readers out for longer than a recovery takes; that is waited for elsewhere.
        """
        if not self._looker.is_open:
            await self._reads.call(opened, (self._looker,), {})
        try:
            connection, driver = self._looker.open()
            found = statement.compiled(connection)
            return found.first(driver.execute(found.sql, found.arguments(values)).fetchall())
        except Exception as error:
            self._looker.drop_if_broken(error)
            if not is_busy(error):
                raise
        row: Row | None = await self._reads.call(looked_up, (statement, values), {})
        return row

    async def write(self, fn: Callable[..., Any], args: Any, kw: Any) -> Any:
        return await self._writes.call(fn, args, kw)

    save = write

    def trace(self, to: Trace | None) -> None:
        for held in (self._reader, self._looker, self._writer):
            held.trace(to)

    def _prepare(self, driver: sqlite3.Connection, _: object) -> None:
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute(f"PRAGMA synchronous = {self._synchronous}")
        driver.execute("PRAGMA foreign_keys = ON")

    def _read(self, batch: list[Call]) -> None:
        for call in batch:
            if call.future.done():
                continue
            try:
                connection, _ = self._reader.open()
                call.result = call.fn(connection, *call.args, **call.kw)
            except BaseException as error:  # the caller's to handle, whatever it is
                call.error = error
                self._reader.drop_if_broken(error)

    def _write(self, batch: list[Call]) -> None:
        calls = [call for call in batch if not call.future.done()]
        try:
            connection, driver = self._writer.open()
            driver.execute("BEGIN IMMEDIATE")
            if not all_run(calls, connection):
                if driver.in_transaction:  # a full disk, say, ends it by itself
                    driver.execute("ROLLBACK")
                driver.execute("BEGIN IMMEDIATE")
                for call in calls:
                    in_savepoint(call, connection, driver)
            driver.execute("COMMIT")
        except BaseException as error:  # nothing of the batch is durable: everybody hears it
            for call in calls:
                call.error = call.error or error
            self._writer.undo()
            self._writer.drop_if_broken(error)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One process at a time, in order of arrival: SQLite's own waiting is unfair.

        With two busy processes the slowest hundredth of writes waited 343 ms without it, 18 with.
        """
        fcntl.flock(self._turns, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._turns, fcntl.LOCK_UN)


def all_run(calls: list[Call], connection: Connection) -> bool:
    """Runs the verbs of a batch one after the other, until one fails."""
    try:
        for call in calls:
            call.result = call.fn(connection, *call.args, **call.kw)
    except BaseException:  # met again by those who tell its caller
        return False
    return True


def in_savepoint(call: Call, connection: Connection, driver: sqlite3.Connection) -> None:
    """Runs one verb of a batch in which one fails: its own writes are undone, nobody else's."""
    driver.execute("SAVEPOINT verb")
    try:
        call.result = call.fn(connection, *call.args, **call.kw)
    except BaseException as error:  # the caller's to handle, whatever it is
        if not driver.in_transaction:
            raise  # a full disk, say: SQLite has rolled all of it back by itself
        call.error = error
        driver.execute("ROLLBACK TO verb")
    driver.execute("RELEASE verb")


def private_file(path: Path) -> int:
    """Opens the file, made for its owner alone; SQLite gives its companions the same mode."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def looked_up(connection: Connection, statement: Prepared, values: Values) -> Row | None:
    return statement.one(connection, **values)


def opened(_: Connection, held: Held) -> None:
    held.open()


def connected(connection: Connection) -> bool:
    return not connection.closed

"""A connection to SQLite that one thread keeps, and opens anew after it broke."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection

from .faults import DatabaseError, cleaned

Trace = Callable[[str], None]

# After these the connection itself may be spoilt.
BREAKS = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY")


class Held:
    """Opened at the first use; `prepare` is what to say to each new connection."""

    def __init__(self, connect: Callable[[], Connection], *prepare: str) -> None:
        self._connect, self._prepare = connect, prepare
        self._connection: Connection | None = None
        self._driver: sqlite3.Connection | None = None
        self._trace: Trace | None = None
        self._traced: Trace | None = None

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def open(self) -> tuple[Connection, sqlite3.Connection]:
        """The connection and the driver's own below it."""
        if self._connection is None or self._driver is None:
            connection = self._connect()
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            for statement in self._prepare:
                driver.execute(statement)
            self._traced = None
            # SQLAlchemy counts a transaction from the first statement on and is never told of an
            # end: ours are the driver's.
            connection.begin()
            self._connection, self._driver = connection, driver
        if self._traced is not self._trace:
            self._traced = self._trace
            self._driver.set_trace_callback(self._traced)
        return self._connection, self._driver

    def trace(self, to: Trace | None) -> None:
        # The thread that has the connection tells it so: any other would wait for a statement that
        # is running, which waits in turn to be traced.
        self._trace = to

    def undo(self) -> None:
        """Ends whatever transaction is open, or lets the connection go."""
        try:
            if self._driver is not None and self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
        except sqlite3.Error:
            self.drop()

    def drop_if_broken(self, error: BaseException) -> None:
        fault = cleaned(error)
        if isinstance(fault, DatabaseError) and fault.code.startswith(BREAKS):
            self.drop()

    def drop(self) -> None:
        connection, self._connection, self._driver = self._connection, None, None
        if connection is not None:
            with suppress(Exception):
                connection.invalidate()
                connection.close()

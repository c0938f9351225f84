"""The database: reads, and writes that are durable when they return, on SQLite or PostgreSQL.

Verbs are plain functions whose first parameter is a connection; a row by its key needs none:

    row = await database.look_up(FIND, workspace=workspace, subject=sub)
    subject = await database.write(complete_step, subject, answers, at=at)
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, func, make_url, select

from .appended import Append, together
from .columns import Key, UtcDateTime
from .faults import DatabaseAway, DatabaseConflict, DatabaseError, cleaned
from .prepared import Prepared, Row
from .sqlite import Sqlite

if TYPE_CHECKING:
    from .postgres import Postgres

__all__ = [
    "Append",
    "Counted",
    "Database",
    "DatabaseAway",
    "DatabaseConflict",
    "DatabaseError",
    "Key",
    "Prepared",
    "UtcDateTime",
    "alone",
    "hold",
    "lane",
    "together",
]

P = ParamSpec("P")
T = TypeVar("T")
Verb = Callable[Concatenate[Connection, P], T]


@dataclass
class Counted:
    """What was asked of the database: verbs read, verbs written, statements sent."""

    reads: int = 0
    transactions: int = 0
    statements: list[str] = field(default_factory=list)


class Database:
    """One for each process and loop; `settings` are those of `Sqlite` or `Postgres`."""

    def __init__(self, url: str, **settings: Any) -> None:
        """`synchronous` counts for SQLite alone, `connections` for PostgreSQL alone.

        Raises ValueError for a URL of another database.
        """
        self._backend = backend_for(url, settings)
        self._counted = Counted()

    async def open(self) -> None:
        """Raises DatabaseAway when SQLite's file cannot be had, ValueError for a network disk."""
        await self._backend.open()

    async def close(self) -> None:
        """Does what was accepted, then lets go."""
        await self._backend.close()

    async def read(self, fn: Verb[P, T], /, *args: P.args, **kw: P.kwargs) -> T:
        """Runs a verb that writes nothing; on a connection that dropped, once more.

        Raises DatabaseAway, DatabaseError, and whatever the verb raises.
        """
        self._counted.reads += 1
        return await clean(self._backend.read(fn, args, kw))

    async def look_up(self, statement: Prepared, /, **values: Any) -> Row | None:
        """A row by its key, without leaving the loop; on a connection that dropped, once more.

        Raises DatabaseAway, DatabaseError.
        """
        self._counted.reads += 1
        try:
            return await self._backend.look_up(statement, values)
        except Exception as error:
            failed = cleaned(error)
        raise failed

    async def write(self, fn: Verb[P, T], /, *args: P.args, **kw: P.kwargs) -> T:
        """Runs a verb in one transaction and returns when that is durable.

        Raises DatabaseAway, DatabaseConflict, DatabaseError, and whatever the verb raises; then
        nothing of it was written (unless the connection broke during the commit itself). Where
        another verb of the same commit fails, all of them run once more.
        """
        self._counted.transactions += 1
        return await clean(self._backend.write(fn, args, kw))

    async def save(self, fn: Verb[P, T], /, *args: P.args, **kw: P.kwargs) -> T:
        """The same for a verb that writes by one `together`: a transaction by itself.

        PostgreSQL is told of no other; a verb that needs one after all says `hold`.
        """
        self._counted.transactions += 1
        return await clean(self._backend.save(fn, args, kw))

    @contextmanager
    def counting(self) -> Iterator[Counted]:
        """Counts what happens inside; statements need every connection to tell, so for tests."""
        before, counted = self._counted, Counted()
        self._counted = counted
        self._backend.trace(counted.statements.append)
        try:
            yield counted
        finally:
            self._backend.trace(None)
            self._counted = before


def lane(connection: Connection) -> int:
    """A small number that differs between connections that may write at the same time.

    A row that everybody counts in would be locked until the slowest commit; a row for each lane
    is not. SQLite has one writer: 0.
    """
    return int(connection.info.get("lane", 0))


def hold(connection: Connection) -> None:
    """From here on a verb that is saved is one transaction; one that is written always was."""
    if connection.dialect.name == "postgresql":
        connection.info["link"].hold()


def alone(connection: Connection, what: str) -> None:
    """Waits until no other transaction does the same; SQLite's writer is alone anyway."""
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(blake2b(what.encode(), digest_size=8).digest(), signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def backend_for(url: str, settings: dict[str, Any]) -> "Sqlite | Postgres":
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return Sqlite(parsed, **without(settings, "connections"))
    if kind in ("postgresql", "postgres"):
        from .postgres import Postgres  # and its driver: what is on SQLite needs neither

        return Postgres(parsed, **without(settings, "synchronous"))
    raise ValueError(f"{kind} is not a database we know: sqlite or postgresql")


def without(settings: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key != name}


async def clean(work: Awaitable[T]) -> T:
    """Lets no driver's error out; raised outside of `except`, so that none hangs on as context."""
    try:
        return await work
    except Exception as error:
        failed = cleaned(error)
    raise failed

"""PostgreSQL: a few connections that this process keeps, the last used first."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from .faults import DatabaseAway, DatabaseError, cleaned
from .permits import Permits
from .prepared import Prepared, Row, Values, told
from .side import Side

T = TypeVar("T")
Trace = Callable[[str], None]

# How many rows of one daily count there may be, see `lane`.
LANES = 64
# SQLSTATEs after which the server is about to close the connection.
CLOSING = ("08", "57P0", "25P03")


class Link:
    """One connection: SQLAlchemy's and the driver's own below it."""

    def __init__(self, connection: AsyncConnection, sync: Connection, driver: Any) -> None:
        self.connection, self.sync, self.driver = connection, sync, driver
        self.trace: Trace | None = None
        self.has_written = False
        self._side = Side()

    async def run(self, fn: Callable[..., Any], args: Any, kw: Any) -> Any:
        return await self._side.call(fn, self.sync, *args, **kw)

    async def save(self, fn: Callable[..., Any], args: Any, kw: Any) -> Any:
        """Runs a verb outside of any transaction, and ends the one that it may have begun."""
        try:
            result = await self.run(fn, args, kw)
            if self.driver.is_in_transaction():
                await self.say("COMMIT")
        except Exception as error:
            if is_whole(self, error) and self.driver.is_in_transaction():
                await self.say("ROLLBACK")
            raise
        return result

    def hold(self) -> None:
        """Begins a transaction in the middle of a verb, if there is none."""
        if not self.driver.is_in_transaction():
            await_only(self.say("BEGIN"))

    async def look_up(self, statement: Prepared, values: Values) -> Row | None:
        """The driver alone: what waits for the loop by itself needs no second stack."""
        found = statement.compiled(self.sync)
        driver = told(self.sync, found.sql)
        return found.first(await driver.fetch(found.sql, *found.arguments(values)))

    async def say(self, command: str) -> None:
        """BEGIN, COMMIT or ROLLBACK; raises when the server did another thing.

        The COMMIT of a transaction that failed before is answered "ROLLBACK", not with an error.
        """
        if self.trace is not None:
            self.trace(command)
        did = await self.driver.execute(command)
        if did != command:
            raise DatabaseError("25P02", f"{command} was answered {did}")


class Postgres:
    """Reads and writes of one process, over connections of our own: a pool costs a read."""

    def __init__(
        self,
        url: URL,
        *,
        connections: int = 8,
        connect_timeout: float = 2.0,
        patience: float = 5.0,
        wait_timeout: float = 2.0,
    ) -> None:
        self._engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={
                "timeout": connect_timeout,
                # The server's own limit comes first, for it leaves the connection whole.
                "command_timeout": patience + 1,
                "max_cached_statement_lifetime": 0,
                "server_settings": {
                    "application_name": "askonce",
                    "jit": "off",
                    "statement_timeout": str(round(patience * 1000)),
                    "idle_in_transaction_session_timeout": str(round(patience * 2000)),
                },
            },
        )
        event.listen(self._engine.sync_engine, "before_cursor_execute", tell)
        self._permits = Permits(connections, wait_timeout)
        self._free: list[Link] = []
        self._links: set[Link] = set()
        self._trace: Trace | None = None

    async def open(self) -> None:
        """Connects at the first use only, so that a start does not wait for the server."""

    async def close(self) -> None:
        await self._permits.close()
        for link in list(self._links):
            self._drop(link)
        await self._engine.dispose()

    async def read(self, fn: Callable[..., Any], args: Any, kw: Any) -> Any:
        link, result = await self._sure(lambda link: link.run(fn, args, kw))
        self._give(link)
        return result

    async def look_up(self, statement: Prepared, values: Values) -> Row | None:
        link, row = await self._sure(lambda link: link.look_up(statement, values))
        self._give(link)
        return row

    async def write(self, fn: Callable[..., Any], args: Any, kw: Any) -> Any:
        link, _ = await self._sure(lambda link: link.say("BEGIN"))
        try:
            result = await link.run(fn, args, kw)
            await link.say("COMMIT")
        except BaseException as error:
            await self._undo(link, error)
            raise
        self._give(link)
        return result

    async def save(self, fn: Callable[..., Any], args: Any, kw: Any) -> Any:
        link, result = await self._sure(lambda link: link.save(fn, args, kw))
        self._give(link)
        return result

    def trace(self, to: Trace | None) -> None:
        self._trace = to
        for link in self._links:
            link.trace = to

    async def _sure(self, work: Callable[[Link], Awaitable[T]]) -> tuple[Link, T]:
        """Does what may be done twice; once more, on a new connection, when the first was broken.

        Idle connections that died are met here, so that no ping is needed.
        """
        link = await self._take()
        try:
            return link, await work(link)
        except BaseException as error:
            if not self._was_broken(link, error) or link.has_written:
                raise
        link = await self._take()
        try:
            return link, await work(link)
        except BaseException as error:
            self._was_broken(link, error)
            raise

    def _was_broken(self, link: Link, error: BaseException) -> bool:
        """Puts the connection back if it still serves."""
        if is_whole(link, error):
            self._give(link)
            return False
        self._drop(link)
        while self._free:  # what broke one has probably broken all
            self._forget(self._free.pop())
        return isinstance(error, Exception)

    async def _undo(self, link: Link, error: BaseException) -> None:
        try:
            if not is_whole(link, error):
                raise error
            if link.driver.is_in_transaction():
                await link.say("ROLLBACK")
        except BaseException:
            self._drop(link)  # the server rolls back what its client left
        else:
            self._give(link)

    async def _take(self) -> Link:
        await self._permits.take()
        try:
            while self._free:
                link = self._free.pop()
                if not link.driver.is_closed():
                    return link
                self._forget(link)
            return await self._connect()
        except BaseException:
            self._permits.give()
            raise

    async def _connect(self) -> Link:
        try:
            connection = await self._engine.connect()
        except OSError as error:
            failed = DatabaseAway(type(error).__name__)
        else:
            return await self._linked(connection)
        raise failed

    async def _linked(self, connection: AsyncConnection) -> Link:
        sync = connection.sync_connection
        assert sync is not None
        link = Link(connection, sync, (await connection.get_raw_connection()).driver_connection)
        sync.info["lane"] = link.driver.get_server_pid() % LANES
        # SQLAlchemy counts a transaction from the first statement on and is never told of an
        # end: ours are the driver's.
        await connection.begin()
        link.trace, sync.info["link"] = self._trace, link
        self._links.add(link)
        return link

    def _give(self, link: Link) -> None:
        link.has_written = False
        self._free.append(link)
        self._permits.give()

    def _drop(self, link: Link) -> None:
        self._forget(link)
        self._permits.give()

    def _forget(self, link: Link) -> None:
        self._links.discard(link)
        link.driver.terminate()
        # SQLAlchemy may not say anything more on it.
        link.sync.invalidate()


def tell(connection: Connection, _: object, statement: str, *others: object) -> None:
    """What SQLAlchemy itself executes is traced too; the first words of a connection are not."""
    link = connection.info.get("link")
    if link is not None and link.trace is not None:
        link.trace(statement)


def is_whole(link: Link, error: BaseException) -> bool:
    """Whether the connection can serve on; a cancelled caller leaves it in the middle of a word."""
    if not isinstance(error, Exception) or link.driver.is_closed():
        return False
    fault = cleaned(error)
    return not (isinstance(fault, DatabaseError) and fault.code.startswith(CLOSING))

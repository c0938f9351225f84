"""A statement compiled once and run on the driver's own connection, inside the same transaction.

SQLAlchemy's execution costs several times the statement itself; what runs on every request is
prepared, everything else is executed as it comes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import await_only

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]
Statement = Select[Any] | UpdateBase


class Plan(Protocol):
    """SQL made ready for one kind of database: positional arguments in, plain tuples out."""

    def rows(self, connection: Connection, sql: str, arguments: list[Any]) -> list[Row]: ...
    def run(self, connection: Connection, sql: str, arguments: list[Any]) -> int: ...


class OnSqlite:
    """Every row is fetched, for a statement left half-way would stop the commit."""

    def rows(self, connection: Connection, sql: str, arguments: list[Any]) -> list[Row]:
        rows: list[Row] = driver_of(connection).execute(sql, arguments).fetchall()
        return rows

    def run(self, connection: Connection, sql: str, arguments: list[Any]) -> int:
        return int(driver_of(connection).execute(sql, arguments).rowcount)


class OnPostgres:
    """asyncpg keeps the server's prepared statement for each text it has seen."""

    def rows(self, connection: Connection, sql: str, arguments: list[Any]) -> list[Row]:
        return [tuple(row) for row in await_only(told(connection, sql).fetch(sql, *arguments))]

    def run(self, connection: Connection, sql: str, arguments: list[Any]) -> int:
        status: str = await_only(told(connection, sql).execute(sql, *arguments))
        return int(status.rpartition(" ")[2])


PLANS: dict[str, Plan] = {"sqlite": OnSqlite(), "postgresql": OnPostgres()}


def driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


def told(connection: Connection, sql: str) -> Any:
    """PostgreSQL's driver, after whoever counts has heard of the statement."""
    link = connection.info["link"]
    if link.trace is not None:
        link.trace(sql)
    return link.driver


class Compiled:
    """One statement in one dialect: its text, and how its values go in and its rows come out."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        binds = [compiled.binds[name] for name in compiled.positiontup or ()]
        self.sql = compiled.string
        self.plan = PLANS[dialect.name]
        self.fixed = {bind.key: bind.value for bind in binds if not bind.required}
        self.count = len({bind.key for bind in binds} - self.fixed.keys())
        self.slots = [(bind.key, converts_in(bind.type, dialect)) for bind in binds]
        columns = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in statement.exported_columns
        ]
        self.converts = columns if any(columns) else []

    def arguments(self, values: Values) -> list[Any]:
        """Raises KeyError for a name that is missing and TypeError for one too many."""
        if len(values) != self.count:
            raise TypeError(f"{self.count} values expected, got {sorted(values)}")
        given = {**self.fixed, **values} if self.fixed else values
        return [given[key] if to is None else to(given[key]) for key, to in self.slots]

    def rows(self, connection: Connection, values: Values) -> list[Row]:
        return self.converted(self.plan.rows(connection, self.sql, self.arguments(values)))

    def first(self, rows: list[Row]) -> Row | None:
        """The first of the driver's rows, as values of its columns, or none."""
        return self.converted(rows[:1])[0] if rows else None

    def converted(self, rows: list[Row]) -> list[Row]:
        """Rows of the driver as values of their columns."""
        if not self.converts:
            return rows
        return [
            tuple(v if to is None else to(v) for v, to in zip(row, self.converts, strict=True))
            for row in rows
        ]


def converts_in(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


class Prepared:
    """A Core statement for hot paths; its `bindparam` names are the keyword arguments."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._by_dialect: dict[str, Compiled] = {}

    def compiled(self, connection: Connection) -> Compiled:
        dialect = connection.dialect
        found = self._by_dialect.get(dialect.name)
        if found is None:
            found = self._by_dialect[dialect.name] = Compiled(self.statement, dialect)
        return found

    def all(self, connection: Connection, /, **values: Any) -> list[Row]:
        return self.compiled(connection).rows(connection, values)

    def one(self, connection: Connection, /, **values: Any) -> Row | None:
        """The first row, or none; all rows are fetched, so ask for one."""
        found = self.compiled(connection)
        return found.first(found.plan.rows(connection, found.sql, found.arguments(values)))

    def run(self, connection: Connection, /, **values: Any) -> int:
        """Returns how many rows it wrote."""
        found = self.compiled(connection)
        return found.plan.run(connection, found.sql, found.arguments(values))

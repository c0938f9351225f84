"""A save in one round trip: a guarded statement, and rows appended only if it wrote."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Connection, String, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

from .prepared import Prepared, Values, converts_in

Rows = Sequence[Values]


class Append:
    """Adds rows to a table; every row names every column.

    With `adding`, a row whose key exists adds its number to that column instead; then give each
    key at most once, and in key order (two writers that lock in different orders deadlock).
    """

    def __init__(self, table: Table, *, adding: str | None = None) -> None:
        self.table, self.adding = table, adding
        self.each = Prepared(one_row(table, adding))
        self._by_count: dict[int, str] = {}

    def run(self, connection: Connection, rows: Rows) -> None:
        if not rows:
            return
        compiled = self.each.compiled(connection)
        if connection.dialect.name == "sqlite":
            arguments = [value for row in rows for value in compiled.arguments(row)]
            compiled.plan.run(connection, self._repeated(compiled.sql, len(rows)), arguments)
        else:
            sql = self.wide.insert(len(rows), 0, "")
            compiled.plan.run(connection, sql, self.wide.arguments(rows))

    def _repeated(self, sql: str, count: int) -> str:
        """SQLite's way: the statement for one row, with the values of so many."""
        found = self._by_count.get(count)
        if found is None:
            values = f"({', '.join('?' * len(self.table.columns))})"
            found = self._by_count[count] = sql.replace(values, ", ".join([values] * count))
        return found

    @cached_property
    def wide(self) -> "Wide":
        return Wide(self.table, self.adding)


class Wide:
    """PostgreSQL's way: one statement for all rows of a table.

    Its text differs by the number of rows; arrays to unnest would spare that, and cost the
    driver twice as much to encode.
    """

    def __init__(self, table: Table, adding: str | None) -> None:
        dialect: Dialect = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]
        self._quote = dialect.identifier_preparer.quote
        self._table, self._adding, self.width = table, adding, len(table.columns)
        self._casts = [cast_type(column, dialect) for column in table.columns]
        self._slots = [(column.name, converts_in(column.type, dialect)) for column in table.columns]

    def insert(self, count: int, after: int, condition: str) -> str:
        """The statement for so many rows, its arguments numbered from `after` + 1."""
        starts = range(after + 1, after + 1 + count * self.width, self.width)
        rows = ", ".join(self._row(start) for start in starts)
        table = self._quote(self._table.name)
        names = ", ".join(self._quote(column.name) for column in self._table.columns)
        added = f"(VALUES {rows}) AS added{condition}"
        return f"INSERT INTO {table} ({names}) SELECT * FROM {added}{self._on_conflict(table)}"

    def arguments(self, rows: Rows) -> list[Any]:
        """The values of all rows, one after the other, in the order of the columns."""
        return [
            row[name] if to is None else to(row[name]) for row in rows for name, to in self._slots
        ]

    def _row(self, start: int) -> str:
        places = (f"${start + n}::{cast}" for n, cast in enumerate(self._casts))
        return f"({', '.join(places)})"

    def _on_conflict(self, table: str) -> str:
        if self._adding is None:
            return ""
        key = ", ".join(self._quote(column.name) for column in self._table.primary_key)
        n = self._quote(self._adding)
        return f" ON CONFLICT ({key}) DO UPDATE SET {n} = {table}.{n} + excluded.{n}"


def together(
    connection: Connection, guard: Prepared, values: Values, *appends: tuple[Append, Rows]
) -> bool:
    """Runs `guard`; if it wrote a row, appends the rows. Returns whether it did.

    When it did not, nothing was written and the transaction goes on.
    """
    if connection.dialect.name != "sqlite":
        connection.info["link"].has_written = True
        return joined(connection, guard, values, [(a, rows) for a, rows in appends if rows])
    wrote = guard.run(connection, **values) > 0
    for append, rows in appends if wrote else ():
        append.run(connection, rows)
    return wrote


def joined(
    connection: Connection,
    guard: Prepared,
    values: Values,
    appends: Sequence[tuple[Append, Rows]],
) -> bool:
    compiled = guard.compiled(connection)
    arguments = compiled.arguments(values)
    key = (guard, *((append, len(rows)) for append, rows in appends))
    sql = _joined.get(key)
    if sql is None:
        sql = _joined[key] = joined_sql(compiled.sql, len(arguments), appends)
    for append, rows in appends:
        arguments += append.wide.arguments(rows)
    return bool(compiled.plan.rows(connection, sql, arguments)[0][0])


def joined_sql(guard: str, count: int, appends: Sequence[tuple[Append, Rows]]) -> str:
    """One data-modifying statement (PostgreSQL, WITH queries, 7.8.2)."""
    returning = "" if " RETURNING " in guard else " RETURNING 1"
    parts = [f"WITH guard AS ({guard}{returning})"]
    for n, (append, rows) in enumerate(appends):
        insert = append.wide.insert(len(rows), count, " WHERE EXISTS (SELECT FROM guard)")
        parts.append(f"append_{n} AS ({insert})")
        count += len(rows) * append.wide.width
    return ", ".join(parts) + " SELECT count(*) FROM guard"


# By guard and numbers of rows: a step has few fields, so there are few.
_joined: dict[object, str] = {}


def one_row(table: Table, adding: str | None) -> postgresql.Insert:
    # PostgreSQL's INSERT … ON CONFLICT compiles on SQLite too: the clause is the same.
    statement = postgresql.insert(table)
    if adding is None:
        return statement
    total = table.c[adding] + statement.excluded[adding]
    return statement.on_conflict_do_update(index_elements=table.primary_key, set_={adding: total})


def cast_type(column: Column[Any], dialect: Dialect) -> str:
    # VARCHAR(255) would cut what is longer in silence.
    return "TEXT" if isinstance(column.type, String) else column.type.compile(dialect)

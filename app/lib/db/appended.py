"""A save in one round trip: a guarded statement, and rows appended only if it wrote."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, String, Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Dialect

from .prepared import Compiled, Convert, Prepared, Values

Rows = Sequence[Values]


class Append:
    """Adds any number of rows to a table by one and the same statement.

    With `adding`, a row whose key exists adds its number to that column instead; then give each
    key at most once, and in key order (two writers that lock in different orders deadlock).
    """

    def __init__(self, table: Table, *, adding: str | None = None) -> None:
        self.table, self.adding = table, adding
        self.names = [column.name for column in table.columns]
        self.each = Prepared(one_row(table, adding))
        self._all: Prepared | Unnested | None = None

    def run(self, connection: Connection, rows: Rows) -> None:
        """Every row names every column."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            self.each.many(connection, rows)
            return
        unnested = Unnested(self, connection.dialect)
        plan = self.each.compiled(connection).plan
        plan.run(connection, unnested.sql(0), unnested.arguments(rows))


class Unnested:
    """PostgreSQL's way: a column is one array, so that the text does not depend on the rows."""

    def __init__(self, append: Append, dialect: Dialect) -> None:
        self._append, self._dialect = append, dialect
        columns = list(append.table.columns)
        self._types = [array_type(column, dialect) for column in columns]
        self._slots: list[tuple[str, Convert | None]] = [
            (column.name, column.type.dialect_impl(dialect).bind_processor(dialect))
            for column in columns
        ]

    def sql(self, after: int, condition: str = "") -> str:
        """The statement, its arguments numbered from `after` + 1."""
        quote = self._dialect.identifier_preparer.quote
        names = ", ".join(quote(name) for name in self._append.names)
        arrays = ", ".join(f"${after + n}::{kind}" for n, kind in enumerate(self._types, 1))
        table, added = quote(self._append.table.name), self._append.adding
        return f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}){condition}" + (
            self._on_conflict(table, quote(added)) if added else ""
        )

    def _on_conflict(self, table: str, added: str) -> str:
        quote = self._dialect.identifier_preparer.quote
        key = ", ".join(quote(column.name) for column in self._append.table.primary_key)
        return f" ON CONFLICT ({key}) DO UPDATE SET {added} = {table}.{added} + excluded.{added}"

    def arguments(self, rows: Rows) -> list[list[Any]]:
        return [
            [row[name] for row in rows] if to is None else [to(row[name]) for row in rows]
            for name, to in self._slots
        ]


class Joined:
    """A guard and its appends as one data-modifying statement (PostgreSQL, WITH queries, 7.8.2)."""

    def __init__(self, guard: Compiled, appends: Sequence[Append], dialect: Dialect) -> None:
        returning = "" if " RETURNING " in guard.sql else " RETURNING 1"
        self.unnested = [Unnested(append, dialect) for append in appends]
        parts, count = [f"WITH guard AS ({guard.sql}{returning})"], len(guard.slots)
        for n, (append, unnested) in enumerate(zip(appends, self.unnested, strict=True)):
            insert_all = unnested.sql(count, " WHERE EXISTS (SELECT FROM guard)")
            parts.append(f"append_{n} AS ({insert_all})")
            count += len(append.names)
        self.sql = ", ".join(parts) + " SELECT count(*) FROM guard"


_joined: dict[tuple[Prepared | Append, ...], Joined] = {}


def together(
    connection: Connection, guard: Prepared, values: Values, *appends: tuple[Append, Rows]
) -> bool:
    """Runs `guard`; if it wrote a row, appends the rows. Returns whether it did.

    When it did not, nothing was written and the transaction goes on.
    """
    if connection.dialect.name == "sqlite":
        wrote = guard.run(connection, **values) > 0
        for append, rows in appends if wrote else ():
            append.run(connection, rows)
        return wrote
    return joined(connection, guard, values, appends)


def joined(
    connection: Connection, guard: Prepared, values: Values, appends: Sequence[tuple[Append, Rows]]
) -> bool:
    compiled = guard.compiled(connection)
    key: tuple[Prepared | Append, ...] = (guard, *(append for append, _ in appends))
    found = _joined.get(key)
    if found is None:
        found = _joined[key] = Joined(compiled, [a for a, _ in appends], connection.dialect)
    arguments = compiled.arguments(values)
    for unnested, (_, rows) in zip(found.unnested, appends, strict=True):
        arguments += unnested.arguments(rows)
    return bool(compiled.plan.rows(connection, found.sql, arguments)[0][0])


def one_row(table: Table, adding: str | None) -> Any:
    # PostgreSQL's INSERT … ON CONFLICT compiles on SQLite too: the clause is the same.
    statement = insert(table)
    if adding is None:
        return statement
    total = table.c[adding] + statement.excluded[adding]
    return statement.on_conflict_do_update(index_elements=table.primary_key, set_={adding: total})


def array_type(column: Column[Any], dialect: Dialect) -> str:
    if isinstance(column.type, String):
        return "TEXT[]"
    return f"{column.type.compile(dialect)}[]"

"""What may go wrong between us and the database, said without any person's values."""

import sqlite3

from sqlalchemy.exc import DBAPIError

# Errors after which the same words may succeed a moment later, by SQLite's primary result.
AWAY_RESULTS = frozenset(
    f"SQLITE_{name}"
    for name in (
        "BUSY", "LOCKED", "IOERR", "READONLY", "FULL", "CANTOPEN", "PROTOCOL", "NOMEM",
        "INTERRUPT", "CORRUPT", "NOTADB", "PERM",
    )
)  # fmt: skip
# … and by SQLSTATE class: connection, authorization, no such database, rollback, resources,
# intervention (a statement's time limit too), system and internal errors.
AWAY_CLASSES = frozenset({"08", "28", "3D", "40", "53", "57", "58", "XX"})
# A lock not had in time, a standby after failover, a transaction closed for idling, and a
# statement planned before a migration.
AWAY_STATES = frozenset({"55P03", "25006", "25P03", "0A000"})


class DatabaseError(Exception):
    """The database refused a statement; `code` is its SQLSTATE or SQLite's name for the error."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class DatabaseAway(DatabaseError):
    """The database cannot be had now: nothing was saved as far as we know; try again."""


class DatabaseConflict(DatabaseError):
    """A unique key or another constraint said no."""


def cleaned(error: BaseException) -> BaseException:
    """Returns what may leave `lib/db`: drivers print values, so their errors stay here.

    PostgreSQL's DETAIL quotes key values, asyncpg quotes arguments, and both survive
    `hide_parameters`. Errors that are not the database's come back unchanged.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, TimeoutError | ConnectionError):
        return DatabaseAway(type(cause).__name__).with_traceback(error.__traceback__)
    if cause is None or not (isinstance(error, DBAPIError) or is_from_driver(cause)):
        return error
    code = code_of(cause)
    return kind_of(code)(code, safe_detail(cause, code)).with_traceback(error.__traceback__)


def is_busy(error: BaseException) -> bool:
    """Whether SQLite says that somebody else holds the file for now."""
    fault = cleaned(error)
    return isinstance(fault, DatabaseError) and fault.code.startswith("SQLITE_BUSY")


def is_from_driver(error: BaseException) -> bool:
    # asyncpg is not imported: a process on SQLite never needs it.
    return isinstance(error, sqlite3.Error) or type(error).__module__.startswith("asyncpg.")


def code_of(error: BaseException) -> str:
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return str(code or type(error).__name__)


def kind_of(code: str) -> type[DatabaseError]:
    if code.startswith(("SQLITE_CONSTRAINT", "23")):
        return DatabaseConflict
    if "_".join(code.split("_")[:2]) in AWAY_RESULTS or code in AWAY_STATES:
        return DatabaseAway
    if len(code) == 5 and code[:2] in AWAY_CLASSES:
        return DatabaseAway
    # The driver's own refusals carry no state; a bad argument is a mistake, the rest means that
    # the connection is gone.
    is_lost = code in ("InterfaceError", "InternalClientError", "ProtocolError")
    return DatabaseAway if is_lost else DatabaseError


def safe_detail(error: BaseException, code: str) -> str:
    """The words of a mistake in our SQL: they name tables and columns, never values."""
    is_ours = code == "SQLITE_ERROR" or (len(code) == 5 and code.startswith("42"))
    return str(error).splitlines()[0] if is_ours else ""

"""The column types that mean the same on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC: TIMESTAMPTZ, and on SQLite whole microseconds since 1970.

    SQLite drops time zones; an integer is exact, sorts as time does and is a quarter of the text.
    A naive time is refused with ValueError.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone")
        if dialect.name == "sqlite":
            return (value - EPOCH) // MICROSECOND
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        is_number = value is not None and dialect.name == "sqlite"
        found: datetime | None = EPOCH + value * MICROSECOND if is_number else value
        return found


def Key() -> String:  # noqa: N802 - reads as the type it is
    """Up to 255 characters compared by bytes, as SQLite does anyway."""
    return String(255).with_variant(String(255, collation="C"), "postgresql")

"""Comparing: a known value with what a condition wants of it; what cannot be compared is not so."""

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from app.domain import patterns

T = TypeVar("T")


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return value == wanted
    # In Python True == 1; in an answer "yes" is not "one".
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    number = _number(value)
    return number is not None and number == _number(wanted)


def _number(value: Any) -> Decimal | None:
    """A number, or the decimal text of one as answers hold it; exact, and finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def read_date(value: Any) -> datetime | None:
    """A date or a moment (ISO 8601), the date as its midnight UTC; one without its year is none."""
    try:
        written = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return written.replace(tzinfo=written.tzinfo or UTC) if written else None


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_same(member, wanted) for member in value)
    return isinstance(value, str) and isinstance(wanted, str) and wanted in value


def _bounded(
    read: Callable[[Any], T | None], holds: Callable[[T, T], bool]
) -> Callable[[Any, Any], bool]:
    def compare(value: Any, wanted: Any) -> bool:
        known, bound = read(value), read(wanted)
        return known is not None and bound is not None and holds(known, bound)

    return compare


def _text(holds: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: isinstance(value, str) and holds(value, str(wanted))


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _same,
    "one_of": lambda value, wanted: any(_same(value, one) for one in wanted),
    "contains": _contains,
    "starts_with": _text(str.startswith),
    "matches": _text(patterns.fits),
    "at_least": _bounded(_number, operator.ge),
    "at_most": _bounded(_number, operator.le),
    "before": _bounded(read_date, operator.lt),
    "after": _bounded(read_date, operator.ge),
}


def compare(how: str, value: Any, wanted: Any) -> bool:
    """Unknown compares as false, whatever the operator."""
    return value is not None and _COMPARE[how](value, wanted)

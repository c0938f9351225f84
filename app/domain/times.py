"""Moments as the aggregate writes them: whole milliseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_milliseconds(moment: datetime) -> int:
    """The whole milliseconds of an aware moment."""
    return (moment - _EPOCH) // _MILLISECOND


def from_milliseconds(count: int) -> datetime:
    """The aware moment, in UTC; exact, also far from today."""
    return _EPOCH + count * _MILLISECOND


def milliseconds_of(span: timedelta) -> int:
    """The whole milliseconds of a time span."""
    return span // _MILLISECOND

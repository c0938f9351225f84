"""What every part of a document is written with: keys, texts, durations, moments."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"([0-9]{1,5})([mhdw])")


class Part(BaseModel):
    """A part of the document: immutable, and a key it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def read_duration(written: object) -> object:
    """`30m`, `1h`, `7d`, `2w` as a time span; anything else is a mistake."""
    if isinstance(written, timedelta):
        return written
    found = _DURATION.fullmatch(written) if isinstance(written, str) else None
    if not found:
        raise ValueError("write a duration as a number and a unit, like 30m, 1h, 7d or 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def write_duration(span: timedelta) -> str:
    """The shortest spelling in one unit: seven days are `1w`, 36 hours are `36h`."""
    minutes = int(span.total_seconds()) // 60
    for unit, size in (("w", 10080), ("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _read_moment(written: object) -> object:
    if isinstance(written, str):
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            pass
    elif isinstance(written, datetime):
        return written
    raise ValueError("write a moment as RFC 3339, like 2026-03-01T09:00:00Z")


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("say the time zone of the moment, like 2026-03-01T09:00:00Z")
    return moment.astimezone(UTC)


def _text_is_written(text: Any) -> Any:
    if isinstance(text, dict) and not text:
        raise ValueError("write the text in at least one language")
    return text


KEY = r"^[a-z][a-z0-9_]*$"
ATTRIBUTE_KEY = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$"
LOCALE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
COUNTRY = r"^[A-Z]{2}$"

Key = Annotated[str, StringConstraints(pattern=KEY, max_length=64)]
AttributeKey = Annotated[str, StringConstraints(pattern=ATTRIBUTE_KEY, max_length=64)]
Locale = Annotated[str, StringConstraints(pattern=LOCALE, max_length=35)]
Written = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Text = Annotated[Written | dict[Locale, Written], AfterValidator(_text_is_written)]
Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    PlainSerializer(write_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,5}[mhdw]$", "examples": ["7d"]}),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    AfterValidator(_in_utc),
    PlainSerializer(lambda m: m.isoformat().replace("+00:00", "Z"), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

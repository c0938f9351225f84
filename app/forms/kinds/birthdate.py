"""A date of birth: day, month and year, the month as a number or by its name."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import product

from babel.dates import format_skeleton

from app.forms.cleaning import clean, plain_digits
from app.forms.kinds.kind import Kind, Schema, first, unfit
from app.forms.problem import Problem
from app.forms.question import Question, Raw, Value
from app.lib.i18n import Message, babel_locale, written_date
from app.lib.i18n.numbers import in_digits_of

OLDEST = 130  # years; nobody has been older
EARLIEST = 1000  # the first year of four digits
NO_YEAR = "0000"  # OpenID Connect Core 1.0, section 5.1
_LEAP_YEAR = 2000
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Birthdate(Kind):
    """`YYYY-MM-DD`, or `0000-MM-DD` where the rule `year: optional` lets the year be left out."""

    name = "birthdate"
    parts = ("day", "month", "year")
    rules = frozenset({"age", "year"})
    longest = 40

    def control(self, question: Question) -> str:
        return "birthdate"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        texts = {part: clean(first(raw, part), question.label) for part in self.parts}
        self._complete(texts, question)
        day = _number(texts["day"], 31, Message("Enter the day as a number, like 27."), "day")
        month = _month(texts["month"], locale)
        year = _year(texts["year"])
        return _stored(year, month, day)

    def _complete(self, texts: Mapping[str, str], question: Question) -> None:
        may_lack = {"year"} if _year_is_optional(question) else set()
        lacking = [part for part in self.parts if not texts[part] and part not in may_lack]
        if lacking:
            raise Problem(_LACKING[lacking[0]], *lacking)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        year, month, day = str(value).split("-")
        typed = {"day": int(day), "month": int(month), "year": int(year)}
        return {part: [_digits(n, locale)] for part, n in typed.items() if n}

    def show(self, value: Value, question: Question, locale: str) -> str:
        born = _date(str(value))
        if str(value).startswith(NO_YEAR):
            shape = babel_locale(locale)
            return in_digits_of(locale, format_skeleton("MMMMd", born, locale=shape))
        return written_date(born, locale)

    def accept(self, value: object, question: Question) -> Value:
        if not isinstance(value, str) or not _ISO.fullmatch(value):
            raise unfit(question)
        try:
            born = _date(value)
        except ValueError:
            raise unfit(question) from None
        if born.year < EARLIEST:
            raise unfit(question)
        if value.startswith(NO_YEAR) and not _year_is_optional(question):
            raise Problem(_LACKING["year"], "year")
        return value

    def check(self, value: Value, question: Question, locale: str, at: datetime | None) -> None:
        if at is not None and not str(value).startswith(NO_YEAR):
            _check_plausible(_date(str(value)), at.date())
        super().check(value, question, locale, at)

    def missing(self, question: Question) -> Message:
        return Message("Enter a date for “{label}”.", label=question.label)

    def ordered_parts(self, question: Question, locale: str) -> Sequence[str]:
        return parts_of(locale)

    def schema(self, question: Question) -> Schema:
        return {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}

    def attributes(self, question: Question) -> dict[str, str]:
        return {"dir": "auto"}


_LACKING = {
    "day": Message("Enter the day as well."),
    "month": Message("Enter the month as well."),
    "year": Message("Enter the year as well."),
}


def _year_is_optional(question: Question) -> bool:
    """Whether the year may be left out; an age cannot be known without."""
    return question.rules.year == "optional" and question.rules.age is None


def _number(text: str, most: int, message: Message, part: str) -> int:
    digits = plain_digits(text)
    if digits.isascii() and digits.isdigit() and len(digits) <= 4 and 1 <= int(digits) <= most:
        return int(digits)
    raise Problem(message, part)


def _month(text: str, locale: str) -> int:
    named = None if text.isdigit() else _named_month(_plain(text), locale)
    message = Message("Enter the month as a number from {first} to {last}.", first=1, last=12)
    return named or _number(text, 12, message, "month")


def _named_month(name: str, locale: str) -> int | None:
    """The month of that name, or the only one whose name begins so: "sept" is September."""
    months = months_of(locale)
    begun = {number for known, number in months.items() if known.startswith(name)}
    found = next(iter(begun)) if len(name) > 2 and len(begun) == 1 else None
    return months.get(name, found)


def _year(text: str) -> int | None:
    if not text:
        return None
    message = Message("Enter the year with four digits.")
    year = _number(text, 9999, message, "year")
    if year < EARLIEST:
        raise Problem(message, "year")
    return year


def _stored(year: int | None, month: int, day: int) -> str:
    try:
        date(year or _LEAP_YEAR, month, day)
    except ValueError:
        message = Message("Check the day: this month does not have that many days.")
        raise Problem(message, "day") from None
    return f"{year or 0:04}-{month:02}-{day:02}"


def _date(value: str) -> date:
    """The date, in a leap year where it has no year. Raises ValueError."""
    return date.fromisoformat(f"{_LEAP_YEAR}{value[4:]}" if value.startswith(NO_YEAR) else value)


def _check_plausible(born: date, today: date) -> None:
    if born > today:
        raise Problem(Message("Enter a date in the past."))
    if today.year - born.year > OLDEST:
        raise Problem(
            Message("Enter a year from {year} onwards.", year=str(today.year - OLDEST)), "year"
        )


@lru_cache(maxsize=128)
def parts_of(locale: str) -> tuple[str, ...]:
    """Day, month and year in the order in which the locale writes a date."""
    pattern = babel_locale(locale).date_formats["short"].pattern
    letters = {"day": "d", "month": "M", "year": "y"}
    return tuple(sorted(letters, key=lambda part: pattern.find(letters[part])))


@lru_cache(maxsize=128)
def months_of(locale: str) -> Mapping[str, int]:
    """What the locale calls the months, long and short, without dots, to their numbers."""
    months = babel_locale(locale).months
    names: dict[str, int] = {}
    for context, width in product(("format", "stand-alone"), ("abbreviated", "wide")):
        for number, name in months[context][width].items():
            names[_plain(str(name))] = number
    return names


def _plain(name: str) -> str:
    return name.casefold().rstrip(".").strip()


def _digits(number: int, locale: str) -> str:
    return in_digits_of(locale, str(number))

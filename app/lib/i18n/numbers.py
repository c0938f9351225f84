"""Numbers and dates as a locale writes them, in its own digits."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from app.lib.i18n.matching import babel_locale

# Babel writes a numbering system's signs but ASCII digits: here is each system's zero (CLDR).
ZEROS = {
    "adlm": "\U0001e950",
    "arab": "٠",
    "arabext": "۰",
    "beng": "০",
    "cakm": "\U00011136",
    "deva": "०",
    "hmnp": "\U0001e140",
    "mathsanb": "\U0001d7ec",
    "mymr": "၀",
    "olck": "᱐",
    "rohg": "\U00010d30",
    "tibt": "༠",
}


def written_number(number: Decimal | float | int, tag: str, *, grouped: bool = True) -> str:
    """The number with all its digits, as `tag` writes it."""
    text = format_decimal(
        number,
        locale=babel_locale(tag),
        decimal_quantization=False,
        group_separator=grouped,
        numbering_system="default",
    )
    return in_digits_of(tag, text)


def written_date(day: date, tag: str) -> str:
    """The date in words, such as "3 May 1990"."""
    return in_digits_of(tag, format_date(day, "long", locale=babel_locale(tag)))


def in_digits_of(tag: str, text: str) -> str:
    """The text with its ASCII digits as those of the locale."""
    digits = _digits(tag)
    return text.translate(digits) if digits else text


@lru_cache(maxsize=256)
def _digits(tag: str) -> dict[int, int]:
    zero = ZEROS.get(babel_locale(tag).default_numbering_system)
    return {ord("0") + n: ord(zero) + n for n in range(10)} if zero else {}

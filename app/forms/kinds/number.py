"""Numbers, read and written as the locale has them; stored exactly."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel.numbers import NumberFormatError, get_decimal_symbol, get_group_symbol
from babel.numbers import parse_decimal as parse_decimal_of_locale

from app.forms.cleaning import clean, plain_digits
from app.forms.kinds.kind import Kind, Schema, first, unfit
from app.forms.problem import Problem
from app.forms.question import Question, Raw, Value
from app.lib.i18n import Message, babel_locale, counted, written_number

_MINUS = str.maketrans({"−": "-", "‐": "-", "‑": "-", "–": "-", "﹣": "-", "－": "-", "＋": "+"})
_GROUPING = re.compile(r"[\s'’‘ʼ＇]")  # spaces and apostrophes of all kinds group in any language
_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
MOST_DIGITS = 24  # fewer than the 28 of the decimal context in which Babel calculates
MOST_INTEGER_DIGITS = 18  # every JSON reader and BIGINT holds them


class Number(Kind):
    """A finite decimal number, stored as a decimal string without superfluous zeros."""

    name = "number"
    rules = frozenset({"range", "step", "digits", "one_of"})
    longest = 60

    def control(self, question: Question) -> str:
        return "input"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        return self.stored(read_decimal(clean(first(raw), question.label), locale), question)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": [written_number(Decimal(value), locale, grouped=False)]}  # type: ignore[arg-type]

    def show(self, value: Value, question: Question, locale: str) -> str:
        return written_number(Decimal(value), locale)  # type: ignore[arg-type]

    def accept(self, value: object, question: Question) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
            raise unfit(question)
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        return self.stored(_decimal(text), question)

    def stored(self, number: Decimal | None, question: Question) -> Value:
        """The canonical value. Raises Problem for what is no number or too long a one."""
        if number is None or not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
            raise Problem(self.missing(question))
        text = canonical(number)
        if len(text.lstrip("-").replace(".", "")) > MOST_DIGITS:
            raise Problem(self.missing(question))
        return text

    def missing(self, question: Question) -> Message:
        return Message(
            "Enter a number for “{label}”, like {example}.",
            label=question.label,
            example=Decimal("12.5"),
        )

    def schema(self, question: Question) -> Schema:
        return {"type": "string", "pattern": f"^{_CANONICAL.pattern}$"}

    def attributes(self, question: Question) -> dict[str, str]:
        return {"inputmode": "decimal", "dir": "ltr"}


class Integer(Number):
    """A whole number of at most 18 digits."""

    name = "integer"

    def stored(self, number: Decimal | None, question: Question) -> Value:
        text = str(super().stored(number, question))
        if "." in text:
            raise Problem(self.missing(question))
        if len(text.lstrip("-")) > MOST_INTEGER_DIGITS:
            raise Problem(
                counted(
                    "Use at most {n} digit for “{label}”.",
                    "Use at most {n} digits for “{label}”.",
                    MOST_INTEGER_DIGITS,
                    label=question.label,
                )
            )
        return int(text)

    def missing(self, question: Question) -> Message:
        return Message(
            "Enter a whole number for “{label}”, like {example}.", label=question.label, example=12
        )

    def schema(self, question: Question) -> Schema:
        limits = question.rules.range
        bounds = {
            "minimum": limits.min if limits else None,
            "maximum": limits.max if limits else None,
        }
        return {"type": "integer"} | {k: int(v) for k, v in bounds.items() if v is not None}

    def attributes(self, question: Question) -> dict[str, str]:
        limits = question.rules.range
        # Some phones' numeric pads have no minus.
        unsigned = limits is not None and limits.min is not None and limits.min >= 0
        return {"inputmode": "numeric" if unsigned else "text", "dir": "ltr"}


def read_decimal(text: str, locale: str) -> Decimal | None:
    """The number a person in `locale` typed; None for anything else, `1e5` and `NaN` too.

    Groups must stand where the locale puts them: `1,5` is no fifteen in English.
    """
    signs, written = signs_of(locale), plain_digits(text)
    typed = written if written.isascii() else written.translate(_MINUS)
    typed = _GROUPING.sub(signs.group, typed.translate(signs.arabic))
    if not signs.number.fullmatch(typed):
        return None
    negative, digits = typed.startswith("-"), typed.lstrip("+-")
    try:
        number = parse_decimal_of_locale(
            digits, locale=babel_locale(locale), strict=True, numbering_system="latn"
        )
    except (NumberFormatError, ValueError):
        return None
    return -number if negative else number


class Signs(NamedTuple):
    """What a locale writes between and before digits."""

    group: str
    arabic: dict[int, str]  # the Arabic script's own signs to the locale's
    number: re.Pattern[str]


@lru_cache(maxsize=128)
def signs_of(locale: str) -> Signs:
    """The signs between ASCII digits in `locale`."""
    shape = babel_locale(locale)
    decimal, group = get_decimal_symbol(shape), get_group_symbol(shape)
    number = re.compile(rf"[+-]?[0-9{re.escape(group + decimal)}]*")
    return Signs(group, {ord("٫"): decimal, ord("٬"): group}, number)


def canonical(number: Decimal) -> str:
    """A finite number without exponent, superfluous zeros or a negative zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _decimal(text: str) -> Decimal | None:
    """The number a machine wrote (JSON's grammar, bounded)."""
    if len(text) > MOST_DIGITS * 2 or not re.fullmatch(
        r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?", text
    ):
        return None
    return Decimal(text)

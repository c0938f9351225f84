"""What is said: a text now, or a message to be said later in the locale of whoever reads it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from babel.lists import format_list

from app.lib.i18n.catalogues import catalogue, current
from app.lib.i18n.matching import babel_locale, direction
from app.lib.i18n.numbers import written_date, written_number
from app.lib.i18n.wordings import Wording


def gettext(msgid: str, /, **values: object) -> str:
    """The text in the current locale."""
    spoken = current()
    text = spoken.gettext(msgid)
    return _filled(text, values, spoken.tag) if values else text


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """The text in the plural form that the current locale has for `n`, which fills `{n}`."""
    spoken = current()
    return _filled(spoken.ngettext(one, many, n), {"n": n, **values}, spoken.tag)


class Message:
    """A sentence to be said later. `Message("Enter {min} or more.", min=3)`, else `counted`."""

    __slots__ = ("msgid", "n", "plural", "values")

    def __init__(self, msgid: str, /, **values: object) -> None:
        self.msgid = msgid
        self.plural: str | None = None
        self.n = 1
        self.values = values

    def text(self, tag: str | None = None) -> str:
        """The sentence in the current locale, or in `tag`."""
        spoken = catalogue(tag) if tag else current()
        if self.plural is None:
            text = spoken.gettext(self.msgid)
        else:
            text = spoken.ngettext(self.msgid, self.plural, self.n)
        return _filled(text, self.values, spoken.tag) if self.values else text

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Message({self.msgid!r})"  # without the values: they may be personal

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash((self.msgid, self.plural, self.n))

    def _parts(self) -> tuple[object, ...]:
        return self.msgid, self.plural, self.n, self.values


def counted(one: str, many: str, n: int, /, **values: object) -> Message:
    """A message whose words depend on `n`, which fills `{n}`."""
    message = Message(one, n=n, **values)
    message.plural, message.n = many, n
    return message


class Verbatim(Message):
    """A sentence the operator wrote: said as it is, never translated or filled."""

    __slots__ = ("wording",)

    def __init__(self, wording: Wording) -> None:
        super().__init__("{wording}", wording=wording)
        self.wording = wording

    def text(self, tag: str | None = None) -> Wording:
        return self.wording


def _filled(text: str, values: Mapping[str, object], tag: str) -> str:
    say = _isolated if direction(tag) == "rtl" else written
    return text.format_map({name: say(value, tag) for name, value in values.items()})


def _isolated(value: object, tag: str) -> str:
    """A value whose foreign words and numbers keep their own direction from right to left."""
    if isinstance(value, list | tuple):
        return written([_isolated(one, tag) for one in value], tag)
    text = written(value, tag)
    return f"\u2068{text}\u2069" if text.isascii() and not text.isdigit() else text


def written(value: object, tag: str) -> str:
    """A value as `tag` writes it: numbers, dates, several as "a, b or c"; text as it is."""
    match value:
        case str():
            return value
        case int() | float() | Decimal():
            return written_number(value, tag)
        case date():
            return written_date(value, tag)
        case list() | tuple():
            texts = [written(one, tag) for one in value]
            return format_list(texts, style="or", locale=babel_locale(tag))
        case _:
            return str(value)

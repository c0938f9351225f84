"""The options of a select, written once: choosing another one costs a copy, not a loop."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from markupsafe import Markup, escape

T = TypeVar("T")


class Choosable(Protocol):
    """An option as an element needs it; the label may carry the `lang` of another language."""

    @property
    def value(self) -> str: ...

    @property
    def label(self) -> str: ...


class Same(Generic[T]):
    """Something known by its identity, as a key: hashing 250 options costs more than a render."""

    __slots__ = ("thing",)

    def __init__(self, thing: T) -> None:
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.thing is self.thing


class _Written:
    """The markup with nothing chosen, and where each value's element would say `selected`."""

    __slots__ = ("encoded", "markup", "places")

    def __init__(self, options: Sequence[Choosable]) -> None:
        written: list[bytes] = []
        self.places: dict[str, int] = {}
        length = 0
        for option in options:
            opening = f'<option value="{escape(option.value)}"'.encode()
            self.places.setdefault(option.value, length + len(opening))
            rest = f"{_language(option.label)}>{escape(option.label)}</option>".encode()
            written += (opening, rest)
            length += len(opening) + len(rest)
        self.encoded = b"".join(written)
        self.markup = Markup(self.encoded.decode())


def _language(label: str) -> str:
    lang = getattr(label, "lang", None)
    return f' lang="{escape(lang)}"' if lang else ""


@lru_cache(maxsize=1024)
def _written(options: Same[Sequence[Choosable]]) -> _Written:
    return _Written(options.thing)


def option_list(options: Sequence[Choosable], selected: str = "") -> Markup:
    """The `<option>` elements of `options`, with the one of value `selected` chosen, if there.

    Fast where the same sequence comes again: it must not change, and is kept while remembered.
    """
    written = _written(Same(options))
    if selected not in written.places:
        return written.markup
    return Markup(encoded_options(options, selected).decode())


def encoded_options(options: Sequence[Choosable], selected: str = "") -> bytes:
    """The same in UTF-8."""
    written = _written(Same(options))
    place = written.places.get(selected)
    if place is None:
        return written.encoded
    return b"%b selected%b" % (written.encoded[:place], written.encoded[place:])

"""The markup of a host's page: its elements in order, with what stands around each.

The standard library reads it: all that is needed is start tags with their attributes, as every
parser sees them, and roughly what is open above. A page whose nesting is broken is still read.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_NAMES.split())


@dataclass(slots=True, eq=False)
class Element:
    """`attributes` by lower-case names, of one that is written twice the first."""

    name: str
    attributes: dict[str, str]
    line: int
    above: tuple["Element", ...]
    text: str = ""

    def get(self, name: str) -> str:
        """An attribute's value; empty when it is absent."""
        return self.attributes.get(name, "")

    def has(self, name: str) -> bool:
        return name in self.attributes

    def is_in(self, name: str) -> bool:
        return any(one.name == name for one in self.above)


@dataclass(slots=True)
class Markup:
    """Every element but those in a `<template>`, which the browser never runs."""

    elements: list[Element] = field(default_factory=list)

    def all(self, *names: str) -> list[Element]:
        return [one for one in self.elements if one.name in names]


def read_markup(text: str) -> Markup:
    """The elements of a page, however badly it is written."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return Markup([one for one in reader.found if not one.is_in("template")])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}
        element = Element(tag, attributes, self.getpos()[0], tuple(self._open))
        self.found.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # `<div/>` opens a div in HTML: the slash says nothing.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        names = [one.name for one in self._open]
        if tag in names:
            last = len(names) - 1 - names[::-1].index(tag)
            del self._open[last:]

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].name in ("script", "style"):
            self._open[-1].text += data

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        # Browsers take `<![…>` for a comment; the library stops at one that it does not know.
        return self.parse_bogus_comment(i)

    def parse_bogus_comment(self, i: int, report: int = 1) -> int:
        end = self.rawdata.find(">", i)
        return -1 if end < 0 else end + 1

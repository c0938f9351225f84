"""YAML 1.2 (core schema) without its surprises: plain values with their lines, and back to text.

Only true, false, null, numbers and strings are read; `on`, `NO` and `10:30` stay strings. Tags,
anchors, duplicate keys and depth are flaws, each with its line; all of them are told at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import yaml

LARGEST = 4 * 1024 * 1024  # bytes
DEEPEST = 32
LONGEST_NUMBER = 100  # digits; Python takes quadratic time for long ones

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_INTEGER = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_NUMERIC_START = frozenset("-+.0123456789")
_FINITE = "write a finite number; a text needs quotes"
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PLAINLY = {
    "mapping values are not allowed": "a text with a colon needs quotes, or the line is indented"
    " differently from its neighbours",
    "did not find expected key": "this line is indented differently from its neighbours",
    "did not find expected '-' indicator": "this line is indented differently from its neighbours",
    "could not find expected ':'": "a colon is missing after a key",
    "did not find expected ',' or ']'": "a comma or a closing ] is missing",
    "did not find expected ',' or '}'": "a comma or a closing } is missing",
    "found unexpected end of stream": "a quote is not closed",
    "found character that cannot start any token": "put the text in quotes, and indent with"
    " spaces instead of tabs",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What cannot be read, and the line (from 1) where it stands."""

    line: int
    message: str


@dataclass(slots=True)
class Place:
    """Where a value stands: the line (from 1) of its key or item, and the places inside it."""

    line: int
    inside: dict[str | int, "Place"] = field(default_factory=dict)

    def at(self, path: tuple[str | int, ...]) -> "Place":
        """The place of a path, or of the nearest part of it that was written."""
        place = self
        for step in path:
            if step not in place.inside:
                break
            place = place.inside[step]
        return place


@dataclass(slots=True)
class Reading:
    """A value as it was written (sequences are tuples), its places, and what was wrong."""

    value: Any = None
    place: Place = field(default_factory=lambda: Place(1))
    flaws: list[Flaw] = field(default_factory=list)


class _StopError(Exception):
    """Nothing after this can be read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.flaw = Flaw(line, message)


def read(source: bytes) -> Reading:
    """Read one document of UTF-8 YAML; never raises, for `flaws` says what was wrong."""
    reader = _Reader()
    try:
        reader.read(_decoded(source))
    except _StopError as stopped:
        reader.reading.flaws.append(stopped.flaw)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        reader.reading.flaws.append(Flaw(line, _plainly(str(error.problem or error.context))))
    return reader.reading


def _decoded(source: bytes) -> str:
    if len(source) > LARGEST:
        raise _StopError(1, f"a document has at most {LARGEST // 1024 // 1024} MB")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise _StopError(line, "this is not UTF-8: save the file as UTF-8") from None
    found = _CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise _StopError(line, f"remove the control character U+{ord(found[0]):04X}")
    return text


def _plainly(problem: str) -> str:
    known = next((said for start, said in _PLAINLY.items() if problem.startswith(start)), None)
    return f"this is not YAML: {known or problem}"


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Reader:
    """Walks the parser's events: composed nodes are slower, and they have forgotten anchors."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.events: Iterator[Any] = iter(())

    def read(self, text: str) -> None:
        self.events = yaml.parse(text, Loader=yaml.CSafeLoader)
        started = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started:
                    raise _StopError(_line(event), "write one document in a file")
                started = True
                first = next(self.events)
                self.reading.value = self._value(first, self.reading.place, 1)
        if not started:
            raise _StopError(1, "the document is empty")

    def _value(self, event: Any, place: Place, depth: int) -> Any:
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._flaw(event, "aliases (*) are not read: write the value out")
        if event.anchor is not None:
            self._flaw(event, "anchors (&) are not read: write the value where it is used")
        if event.tag is not None:
            self._flaw(event, f"tags are not read: leave out {event.tag}")
        if kind is yaml.ScalarEvent:
            return self._scalar(event) if event.implicit[0] else event.value
        if depth > DEEPEST:
            raise _StopError(_line(event), f"nested deeper than {DEEPEST}")
        if kind is yaml.MappingStartEvent:
            return self._mapping(place, depth)
        return self._sequence(place, depth)

    def _mapping(self, place: Place, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = _line(event)
            key = self._key(event, depth)
            if key in mapping:
                self._flaw(
                    event, f"`{key}` is written twice (also in line {place.at((key,)).line})"
                )
            inner = Place(line)
            mapping[key] = self._value(next(self.events), inner, depth + 1)
            place.inside[key] = inner
        return mapping

    def _key(self, event: Any, depth: int) -> str:
        value = self._value(event, Place(0), depth + 1)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        self._flaw(event, "a key is one word")
        return str(value)

    def _sequence(self, place: Place, depth: int) -> tuple[Any, ...]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            inner = place.inside[len(items)] = Place(_line(event))
            items.append(self._value(event, inner, depth + 1))
        return tuple(items)

    def _scalar(self, event: Any) -> Any:
        text = event.value
        if text[:1] in _NUMERIC_START:
            return self._number(event, text)
        return _CONSTANTS.get(text, text)

    def _number(self, event: Any, text: str) -> Any:
        is_integer = _INTEGER.match(text)
        if not (is_integer or _FLOAT.match(text)):
            infinite = _NOT_FINITE.match(text)
            return self._flaw(event, _FINITE) if infinite else text
        if len(text) > LONGEST_NUMBER:
            return self._flaw(event, "this number is too long; a text needs quotes")
        if is_integer:
            return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        number = float(text)
        return number if isfinite(number) else self._flaw(event, _FINITE)

    def _flaw(self, event: Any, message: str) -> None:
        self.reading.flaws.append(Flaw(_line(event), message))


class _Writer(yaml.CSafeDumper):
    """Quotes every string that YAML 1.1 or 1.2 would read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True  # the same value twice is written twice


def _write_text(writer: _Writer, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text.strip("\n") else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _write_float(writer: _Writer, number: float) -> yaml.ScalarNode:
    whole = number.is_integer() and abs(number) < 1e15
    kind, text = ("int", str(int(number))) if whole else ("float", repr(number))
    return writer.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_Writer.add_representer(str, _write_text)
_Writer.add_representer(float, _write_float)
_Writer.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, None)
_Writer.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, None)
_Writer.add_implicit_resolver("tag:yaml.org,2002:float", _NOT_FINITE, None)


def write(value: Any) -> str:
    """A value as YAML in block style, its members in their order; `read` gives it back."""
    written: str = yaml.dump(
        value, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=100, indent=2
    )
    return written

"""Skeletons: markup that is written once, with marks where each request puts a text of its own.

An answer is a rope: pieces of UTF-8, most of them encoded long ago, joined once when it is sent.
"""

import re
from collections.abc import Callable, Hashable, Mapping

from markupsafe import Markup

MOST = 1024
_MARK = re.compile("\0([a-z]+)\0")

Rope = list[bytes]


def mark(name: str) -> Markup:
    """Where the text of that name goes. HTML cannot hold a NUL, so no other text looks like it."""
    return Markup(f"\0{name}\0")


def rope_of(markup: Markup) -> Rope:
    """Markup as an answer."""
    return [markup.encode()]


def markup_of(rope: Rope) -> Markup:
    """What a rope says, for a template."""
    return Markup(b"".join(rope).decode())


class Skeletons:
    """What was written for each key; so many at most, then all are written anew."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._written: dict[Hashable, tuple[bytes, list[tuple[str, bytes]]]] = {}

    def fill(
        self, key: Hashable, write: Callable[[], str], texts: Mapping[str, str | Rope]
    ) -> Rope:
        """The markup of `key`, which `write` makes with marks, with these texts in their places.

        The texts are markup: nothing is escaped. Raises KeyError for a mark without a text.
        """
        start, gaps = self._written.get(key) or self._remember(key, write())
        rope = [start]
        for name, following in gaps:
            text = texts[name]
            if isinstance(text, str):
                rope.append(text.encode())
            else:
                rope += text
            rope.append(following)
        return rope

    def _remember(self, key: Hashable, markup: str) -> tuple[bytes, list[tuple[str, bytes]]]:
        start, *rest = _MARK.split(markup)
        following = (piece.encode() for piece in rest[1::2])
        gaps = list(zip(rest[::2], following, strict=True))
        if len(self._written) >= self._most:
            self._written.clear()
        self._written[key] = start.encode(), gaps
        return self._written[key]

"""Skeletons: markup that is written once, with marks where each request puts a text of its own.

They are kept as UTF-8, and so is what fills them: an answer is joined once, and encoded never.
"""

import re
from collections.abc import Callable, Hashable, Mapping

from markupsafe import Markup

MOST = 1024
_MARK = re.compile("\0([a-z]+)\0")


def mark(name: str) -> Markup:
    """Where the text of that name goes. HTML cannot hold a NUL, so no other text looks like it."""
    return Markup(f"\0{name}\0")


class Skeletons:
    """What was written for each key; so many at most, then all are written anew."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._written: dict[Hashable, tuple[list[bytes], list[str]]] = {}

    def fill(self, key: Hashable, write: Callable[[], str], texts: Mapping[str, bytes]) -> bytes:
        """The markup of `key`, which `write` makes with marks, with these texts in their places.

        The texts are markup: nothing is escaped. Raises KeyError for a mark without a text.
        """
        pieces, names = self._written.get(key) or self._remember(key, write())
        filled = pieces.copy()
        filled[1::2] = [texts[name] for name in names]
        return b"".join(filled)

    def _remember(self, key: Hashable, markup: str) -> tuple[list[bytes], list[str]]:
        pieces = _MARK.split(markup)
        if len(self._written) >= self._most:
            self._written.clear()
        self._written[key] = [piece.encode() for piece in pieces], pieces[1::2]
        return self._written[key]

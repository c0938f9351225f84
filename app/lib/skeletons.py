"""Skeletons: markup that is written once, with marks where each request puts a text of its own."""

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
        self._written: dict[Hashable, list[str]] = {}

    def fill(self, key: Hashable, write: Callable[[], str], texts: Mapping[str, str]) -> Markup:
        """The markup of `key`, which `write` makes with marks, with these texts in their places.

        The texts are markup: nothing is escaped. Raises KeyError for a mark without a text.
        """
        pieces = self._written.get(key)
        if pieces is None:
            pieces = self._remember(key, _MARK.split(write()))
        filled = pieces.copy()
        filled[1::2] = [texts[name] for name in pieces[1::2]]
        return Markup("".join(filled))

    def _remember(self, key: Hashable, pieces: list[str]) -> list[str]:
        if len(self._written) >= self._most:
            self._written.clear()
        self._written[key] = pieces
        return pieces

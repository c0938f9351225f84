"""The texts of each locale, read from `locales/` when first wanted, and the locale of the moment.

The moment's catalogue is a context variable: a text costs two look-ups.
"""

import gettext as gnu
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import cast

from app.lib import assets
from app.lib.i18n import pseudo
from app.lib.i18n.matching import lookups


class Catalogue(gnu.NullTranslations):
    """The texts of one locale; this one is of the language in which they are written."""

    def __init__(self, tag: str = "en") -> None:
        super().__init__()
        self.tag = tag


class Translated(gnu.GNUTranslations, Catalogue):
    """Texts from a compiled catalogue; what it lacks is said in English."""

    def __init__(self, tag: str, compiled: BytesIO) -> None:
        gnu.GNUTranslations.__init__(self, cast("gnu._TranslationsReader", compiled))
        self.tag = tag


class Pseudo(Catalogue):
    """Texts made from the English ones."""

    def gettext(self, message: str) -> str:
        return pseudo.translate(message, self.tag)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo.translate(super().ngettext(msgid1, msgid2, n), self.tag)


@lru_cache(maxsize=128)
def catalogue(tag: str) -> Catalogue:
    """The texts of `tag`; of its language where the region has none of its own; else English."""
    if tag in pseudo.LOCALES:
        return Pseudo(tag)
    folder = assets.path("locales")
    for name in lookups(tag):
        compiled = read_catalogue(folder / name.replace("-", "_") / "LC_MESSAGES")
        if compiled:
            return Translated(tag, compiled)
    return Catalogue(tag)


def read_catalogue(folder: Path) -> BytesIO | None:
    """The compiled `messages` of a folder: `.mo`, or `.po` where that is newer or alone."""
    po, mo = folder / "messages.po", folder / "messages.mo"
    if mo.exists() and (not po.exists() or mo.stat().st_mtime >= po.stat().st_mtime):
        return BytesIO(mo.read_bytes())
    return _compiled(po) if po.exists() else None


def _compiled(po: Path) -> BytesIO:
    from babel.messages.mofile import write_mo  # only where nobody compiled the catalogues
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with po.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return compiled


_english = Catalogue()
_current: ContextVar[Catalogue] = ContextVar("catalogue", default=_english)


def current() -> Catalogue:
    """The catalogue that is spoken now."""
    return _current.get()


def locale() -> str:
    """The tag that is spoken now."""
    return _current.get().tag


def set_locale(tag: str) -> None:
    """Speak `tag` from here on, in this context."""
    _current.set(catalogue(tag))


@contextmanager
def use_locale(tag: str) -> Iterator[None]:
    """Speak `tag` inside of the block."""
    token = _current.set(catalogue(tag))
    try:
        yield
    finally:
        _current.reset(token)

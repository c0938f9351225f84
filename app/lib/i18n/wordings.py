"""Texts the operator wrote, in one language or several, as shown in a locale."""

from collections.abc import Mapping
from typing import Self

from app.lib.i18n.matching import best_match


class Wording(str):
    """A text to show, with its language where that is not the language of the page."""

    __slots__ = ("lang",)
    lang: str | None

    def __new__(cls, text: str, lang: str | None = None) -> Self:
        wording = super().__new__(cls, text)
        wording.lang = lang
        return wording


def wording(texts: str | Mapping[str, str], tag: str, *defaults: str) -> Wording:
    """The text for `tag`: its own, its language's, a default's, or any there is.

    One that is not in the language of `tag` carries its own `lang`.
    """
    if isinstance(texts, str):
        return texts if isinstance(texts, Wording) else Wording(texts)
    offered = tuple(texts)
    own = best_match(tag, offered)
    if own:
        return Wording(texts[own])
    found = next(filter(None, (best_match(other, offered) for other in defaults)), None)
    lang = found or next(iter(offered), None)
    return Wording(texts[lang], lang) if lang else Wording("")

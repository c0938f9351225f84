"""Completeness: how much of what people read is written in each language that a site offers."""

from collections.abc import Iterator
from typing import NamedTuple

from app.domain.doubts import offered_locales
from app.domain.parts import Text
from app.domain.standard import words_of
from app.domain.texts import speaks, texts_of
from app.domain.workspace import Workspace


class Completeness(NamedTuple):
    """Of `texts` in translation, so many have words for the locale."""

    locale: str
    written: int
    texts: int


def completeness_of(document: Workspace) -> tuple[Completeness, ...]:
    """One line for each locale on offer. A text that is written once counts as written."""
    texts = list(_read_by_people(document))
    return tuple(
        Completeness(locale, sum(speaks(text, locale) for text in texts), len(texts))
        for locale in offered_locales(document)
    )


def _read_by_people(document: Workspace) -> Iterator[Text]:
    yield from (text for _, text in texts_of(document))
    for key, attribute in document.attributes.items():
        yield from words_of(key, attribute).values()

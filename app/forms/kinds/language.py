"""A language: its BCP 47 tag, its name from CLDR."""

from collections.abc import Mapping
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from app.forms.kinds.listed import Listed
from app.lib.i18n import babel_locale

# Languages of ISO 639-2 that many people speak, and those that are written in several ways.
ALSO = ("fil", "haw", "pt-BR", "pt-PT", "zh-Hans", "zh-Hant")


class Language(Listed):
    """A language of ISO 639-1 (and some more); by claim or rule any tag that CLDR knows."""

    name = "language"

    def names(self, locale: str) -> Mapping[str, str]:
        return language_names(locale)

    def label(self, code: str, locale: str) -> str:
        return self.names(locale).get(code) or named(code, locale)

    def code(self, text: str) -> str | None:
        return canonical(text.strip())


@cache
def languages() -> tuple[str, ...]:
    """The tags that are listed."""
    aliases = get_global("language_aliases")
    known = (str(code) for code in Locale("en").languages)
    return (*sorted(code for code in known if len(code) == 2 and code not in aliases), *ALSO)


@lru_cache(maxsize=4096)
def canonical(text: str) -> str | None:
    """The tag as BCP 47 recommends to write it; None where CLDR does not know the language."""
    tag = text.replace("_", "-")
    alias = get_global("language_aliases").get(tag.lower())
    tag = alias.replace("_", "-") if alias else tag
    if tag.lower() in languages():
        return tag.lower()
    try:
        found = Locale.parse(tag, sep="-", resolve_likely_subtags=False)
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    return None if found.variant or found.modifier else str(found).replace("_", "-")


def named(code: str, locale: str) -> str:
    """The name of any tag in `locale`, such as "German (Austria)"."""
    try:
        shown = Locale.parse(code, sep="-").get_display_name(babel_locale(locale))
    except (UnknownLocaleError, ValueError):
        return code
    return shown or code


@lru_cache(maxsize=128)
def language_names(locale: str) -> Mapping[str, str]:
    """Tag to name in `locale`."""
    names = babel_locale(locale).languages
    return {tag: names.get(tag.replace("-", "_")) or named(tag, locale) for tag in languages()}

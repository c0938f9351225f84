"""A country: its code of ISO 3166-1, its name from CLDR."""

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from app.forms.kinds.listed import Listed
from app.lib.i18n import babel_locale


class Country(Listed):
    """A country or territory that has a code of its own; the EU and the UN are none."""

    name = "country"

    def names(self, locale: str) -> Mapping[str, str]:
        return country_names(locale)

    def code(self, text: str) -> str | None:
        code = text.strip().upper()
        return code if code in countries() else None


@cache
def countries() -> frozenset[str]:
    """The codes of ISO 3166-1 alpha-2, as the time zone database keeps them."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line and line[0] != "#")


@lru_cache(maxsize=128)
def country_names(locale: str) -> Mapping[str, str]:
    """Code to name in `locale`."""
    names = babel_locale(locale).territories
    return {code: names.get(code, code) for code in sorted(countries())}

"""A time zone: its IANA identifier, named by country and city."""

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from babel.core import get_global

from app.forms.kinds.country import country_names
from app.forms.kinds.listed import Listed
from app.lib.i18n import babel_locale

UTC = "Etc/UTC"


class Timezone(Listed):
    """A zone of the IANA time zone database; former names are read as today's."""

    name = "timezone"

    def names(self, locale: str) -> Mapping[str, str]:
        return zone_names(locale)

    def code(self, text: str) -> str | None:
        zone = text.strip()
        current = zone if zone in zones() else get_global("zone_aliases").get(zone)
        return current if current in zones() else None


@cache
def zones() -> Mapping[str, str]:
    """Zone to country: at least one zone for each country (`zone.tab`), and UTC, for none."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows} | {UTC: ""}


@lru_cache(maxsize=64)
def zone_names(locale: str) -> Mapping[str, str]:
    """Zone to name: the city and its country, in the locale's own pattern."""
    shape = babel_locale(locale)
    pattern, countries = str(shape.zone_formats["fallback"]), country_names(locale)
    named = {
        zone: pattern % {"0": countries[zones()[zone]], "1": city}
        for zone, city in _cities(locale).items()
    }
    return named | {UTC: str(shape.time_zones[UTC]["long"]["standard"])}


def _cities(locale: str) -> Mapping[str, str]:
    """Zone to its exemplar city; CLDR keeps some zones under a former name."""
    aliases = get_global("zone_aliases")
    known = babel_locale(locale).time_zones.items()
    cities = {aliases.get(name, name): found.get("city") for name, found in known}
    return {zone: str(cities.get(zone) or _city(zone)) for zone in zones() if zone != UTC}


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")

"""A time zone: its IANA identifier, named by country and city."""

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from app.forms.kinds.country import country_names
from app.forms.kinds.listed import Listed
from app.lib.i18n import babel_locale


class Timezone(Listed):
    """A zone of the IANA time zone database; former names are read as today's."""

    name = "timezone"

    def names(self, locale: str) -> Mapping[str, str]:
        return zone_names(locale)

    def code(self, text: str) -> str | None:
        zone = text.strip()
        found = zone if zone in zones() else former_names().get(zone)
        return found if found in zones() else None


def _table(name: str) -> list[str]:
    text = files("tzdata").joinpath("zoneinfo", name).read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


@cache
def zones() -> Mapping[str, str]:
    """Zone to country: at least one zone for each country (`zone.tab`)."""
    rows = (line.split("\t") for line in _table("zone.tab"))
    return {row[2]: row[0] for row in rows}


@cache
def former_names() -> Mapping[str, str]:
    """Former and other names of zones to those in use (the links of `tzdata.zi`)."""
    rows = (line.split() for line in _table("tzdata.zi") if line.startswith("L "))
    return {row[2]: row[1] for row in rows}


@lru_cache(maxsize=64)
def zone_names(locale: str) -> Mapping[str, str]:
    """Zone to name: the country and, where that has several zones or another name, the city."""
    shape = babel_locale(locale)
    countries = country_names(locale)
    cities = _cities(locale)
    pattern = str(shape.zone_formats.get("fallback", "%(1)s (%(0)s)"))
    return {
        zone: pattern % {"0": countries[country], "1": cities[zone]}
        for zone, country in zones().items()
    }


def _cities(locale: str) -> Mapping[str, str]:
    """Zone to its exemplar city; CLDR keeps some of them under a former name."""
    known = babel_locale(locale).time_zones
    by_zone = {former_names().get(name, name): found for name, found in known.items()}
    return {
        zone: str((known.get(zone) or by_zone.get(zone) or {}).get("city") or _city(zone))
        for zone in zones()
    }


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")

"""Which locale for whom: BCP 47 tags matched by language and script, the region as a preference.

CLDR's likely subtags say what a tag leaves out: `zh-HK` is Traditional, `pt` is from Brazil.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.core import get_global

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?\b")
_PSEUDO = {"en-XA": "en", "ar-XB": "ar"}
_MACRO = {"no": "nb"}  # CLDR keeps both; catalogues are written in Bokmål
_LONGEST_HEADER = 1000


class Subtags(NamedTuple):
    """A tag with nothing left out: `de` is `("de", "Latn", "DE")`."""

    language: str
    script: str
    region: str


@lru_cache(maxsize=1024)
def subtags(tag: str) -> Subtags | None:
    """The full subtags of a tag; None where it is no language tag. Variants are dropped."""
    found = _TAG.match(tag)
    if not found:
        return None
    language, *rest = re.split("[-_]", found[0])
    alias = get_global("language_aliases").get(language.lower(), language.lower())
    language, *implied = _MACRO.get(alias, alias).split("_")
    script = next((part.title() for part in [*rest, *implied] if len(part) == 4), "")
    region = next((part.upper() for part in rest if len(part) != 4), "")
    return _maximized(language, script, region)


def _maximized(language: str, script: str, region: str) -> Subtags:
    """CLDR's "add likely subtags" (UTS 35, section 4.3)."""
    likely = get_global("likely_subtags")
    for known in ((language, script, region), (language, region), (language, script), (language,)):
        full = likely.get("_".join(filter(None, known)))
        if full and full.count("_") == 2:
            _language, its_script, its_region = full.split("_")
            return Subtags(language, script or its_script, region or its_region)
    return Subtags(language, script, region)


@lru_cache(maxsize=4096)
def best_match(wish: str, offered: tuple[str, ...]) -> str | None:
    """The offered tag that speaks the wished language in the wished script, nearest region first.

    `de-AT` gets `de`; `pt-AO` gets `pt-PT` rather than `pt-BR`; `zh-TW` never gets `zh-Hans`.
    """
    same = [tag for tag in offered if tag.lower() == wish.lower()]
    wanted = subtags(wish)
    if same or wanted is None:
        return same[0] if same else None
    near = {region: n for n, region in enumerate(_regions(wanted))}
    ranked = [
        (near.get(full.region, len(near)), n, tag)
        for n, tag in enumerate(offered)
        if (full := subtags(tag)) and full[:2] == wanted[:2]
    ]
    return min(ranked)[2] if ranked else None


def _regions(full: Subtags) -> list[str]:
    """The region, the regions CLDR's parents name, and the one the language comes from."""
    regions = [full.region]
    name: str | None = f"{full.language}_{full.region}"
    while name and (name := get_global("parent_exceptions").get(name)):
        regions.append(name.rpartition("_")[2])
    return [*regions, _maximized(full.language, full.script, "").region]


def negotiate(
    offered: Sequence[str],
    wishes: Iterable[str | None] = (),
    accept_language: str | None = None,
    defaults: Iterable[str | None] = (),
) -> str:
    """The offered locale for a person.

    Wishes (explicit, then the person's own) come before the browser's Accept-Language
    (RFC 9110, section 12.5.4), that before the defaults (the site's, the workspace's); at last
    the first that is offered. Raises ValueError when nothing is offered.
    """
    if not offered:
        raise ValueError("no locale is offered")
    among = tuple(offered)
    browser = accepted(accept_language[:_LONGEST_HEADER]) if accept_language else ()
    for wish in (*wishes, *browser, *defaults):
        found = best_match(wish, among) if wish else None
        if found:
            return found
    return among[0]


@lru_cache(maxsize=512)
def accepted(header: str) -> tuple[str, ...]:
    """The tags of an Accept-Language header, most wanted first; refused ones (`q=0`) left out."""
    ranges = [_weighted(part) for part in header.split(",")]
    wanted = [(weight, tag) for weight, tag in ranges if weight > 0 and tag not in ("", "*")]
    return tuple(tag for _, tag in sorted(wanted, key=lambda pair: -pair[0]))


def _weighted(part: str) -> tuple[float, str]:
    tag, _, parameter = part.partition(";")
    found = re.fullmatch(
        r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", parameter, re.IGNORECASE
    )
    weight = float(found[1]) if found else 0.0 if parameter.strip() else 1.0
    return weight, tag.strip()


@lru_cache(maxsize=256)
def babel_locale(tag: str) -> Locale:
    """CLDR's data for a tag, of its language where the region is unknown, else English."""
    for name in lookups(_PSEUDO.get(tag, tag)):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def lookups(tag: str) -> list[str]:
    """The names under which a locale's texts may be found, the most exact first."""
    names = [tag]
    full = subtags(tag)
    if full:
        language, script, region = full
        names += [f"{language}-{script}-{region}", f"{language}-{region}", f"{language}-{script}"]
        if _maximized(language, "", "").script == script:
            names.append(language)
    return list(dict.fromkeys(names))


@lru_cache(maxsize=256)
def direction(tag: str) -> Literal["ltr", "rtl"]:
    """Which way the script of a locale runs, as HTML's `dir` says it."""
    return "rtl" if babel_locale(tag).text_direction == "rtl" else "ltr"

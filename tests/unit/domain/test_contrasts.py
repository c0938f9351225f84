"""Contrasts: a theme in which somebody could not read something is a mistake, with the way out."""

import re

import pytest

from app.domain.contrasts import (
    _MADE_OF,
    MIXTURES,
    PAIRS,
    SCHEMES,
    Pair,
    ShownScheme,
    flaws_of,
)
from app.domain.themes import Theme
from app.lib.colours import Colour, contrast
from app.lib.stylesheets import default_colours, source
from tests.unit.domain.documents import mistakes
from tests.unit.domain.test_themes import themed

# Borders and lines that mean nothing: without them the page says the same.
DECORATION = {"edge"}


def said(colours: dict[str, str], scheme: str = "light") -> list[str]:
    return [flaw.message for flaw in flaws_of(Theme.model_validate({scheme: colours}))]


def seen(name: str, scheme: ShownScheme) -> Colour:
    palette = default_colours(scheme)
    return MIXTURES[name](palette) if name in MIXTURES else palette[name]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.fore}-{pair.back}")
def test_our_own_colours_are_far_enough_apart(pair: Pair, scheme: ShownScheme) -> None:
    assert contrast(seen(pair.fore, scheme), seen(pair.back, scheme)) >= pair.least


def test_a_pair_that_is_too_close_is_told_with_its_place_its_ratio_and_a_way_out() -> None:
    told = mistakes(themed('{light: {danger: "#e06c75"}}'))
    assert told == [
        (
            "a.yaml:13: sites.shop.theme.light.danger: `danger` on `surface` has a contrast of "
            '3.19:1, an error needs 4.5:1; for example `danger: "#c2515c"`'
        )
    ]


@pytest.mark.parametrize(
    ("colours", "scheme", "key"),
    [
        ({"accent": "#ffcc00"}, "light", "accent"),
        ({"accent": "#112244"}, "dark", "accent"),
        ({"muted": "#aaaaaa"}, "light", "muted"),
        ({"line": "#eeeeee"}, "light", "line"),
        ({"surface": "#808080"}, "light", "surface"),
        ({"accent_ink": "#2f5bc4"}, "light", "accent_ink"),
        ({"ink": "#777777", "surface": "#eeeeee"}, "light", "ink"),
    ],
)
def test_what_is_suggested_is_good(colours: dict[str, str], scheme: str, key: str) -> None:
    found = [re.search(rf'`{key}: "(#\w+)"`', one) for one in said(colours, scheme)]
    suggested = {one[1] for one in found if one}
    assert suggested
    for one in suggested:
        left = said({**colours, key: one}, scheme)
        assert [message for message in left if f"`{key}`" in message] == []


def test_the_suggestion_is_the_nearest() -> None:
    """A step of lightness nearer, and it fails."""
    assert "`danger`" in said({"danger": "#c3525d"})[0]
    assert said({"danger": "#c2515c"}) == []


def test_where_no_shade_is_good_the_other_colour_is_named() -> None:
    told = said({"ink": "#000000", "surface": "#777777", "control": "#000000"})
    assert any("change the other colour too" in one or "for example" in one for one in told)
    assert [one for one in told if "`ink` on `control`" in one]


@pytest.mark.parametrize("mode", ["light", "dark", "auto"])
def test_both_schemes_are_measured_whatever_the_mode(mode: str) -> None:
    theme = Theme.model_validate({"mode": mode, "dark": {"accent": "#112244"}})
    assert {flaw.path for flaw in flaws_of(theme)} == {("dark", "accent")}


def test_a_theme_that_was_published_before_a_rule_is_still_read() -> None:
    bright = '{"light": {"accent": "#ffffff"}}'
    assert Theme.model_validate_json(bright).light.accent == "#ffffff"


# That the pairs are those of the sheets


def test_every_colour_that_the_sheets_put_in_front_is_measured() -> None:
    shown = r"[;{](?:color|border-color|border|outline|accent-color|box-shadow):([^;}]+)"
    used = {name for text in re.findall(shown, source("frame")) for name in tokens(text)}
    measured = {pair.fore.replace("_", "-") for pair in PAIRS}
    assert {"ink", "muted", "accent", "danger", "line"} <= used
    assert used - DECORATION <= measured


def test_every_colour_that_the_sheets_put_behind_is_measured() -> None:
    text = source("frame")
    used = {name for one in re.findall(r"[;{]background:([^;}]+)", text) for name in tokens(one)}
    grounds = {pair.back for pair in PAIRS} | {"ink", "muted"}  # in a mixture, and an arrow
    assert {"surface", "control", "soft", "accent"} <= used
    assert used <= grounds


def test_mixtures_are_mixed_as_the_sheets_do() -> None:
    text = source("frame")
    assert "--_soft:color-mix(in srgb,var(--_accent) 8%,transparent)" in text
    assert "color-mix(in srgb,var(--_accent) 88%,var(--_ink))" in text
    assert set(MIXTURES) == set(_MADE_OF)


def tokens(text: str) -> list[str]:
    return re.findall(r"var\(--_([a-z-]+)\)", text)

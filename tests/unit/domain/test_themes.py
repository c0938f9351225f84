"""A site's theme: what may be written, what becomes of it, and that nothing else comes through."""

import re

import pytest

from app.domain.exporting import canonical
from app.domain.theme_sheets import ThemeSheet, source_of, tokens_of
from app.domain.themes import Colours, Theme
from app.lib.stylesheets import default_colours, source
from tests.unit.domain.documents import SOUND, mistakes, sound

LOCALES = "    locales: [en, de]\n"


def themed(theme: str) -> str:
    """The sound document with a theme of one line on its line 13."""
    return SOUND.replace(LOCALES, f"{LOCALES}    theme: {theme}\n")


def theme_of(theme: str) -> Theme:
    return sound(themed(theme)).sites["shop"].theme


@pytest.mark.parametrize(
    ("theme", "tokens"),
    [
        ("{}", {}),
        ("{mode: dark}", {}),
        (
            '{light: {accent: "#1F4FA0"}, dark: {accent: "#FFF"}}',
            {"accent": "light-dark(#1f4fa0,#ffffff)"},
        ),
        ('{light: {accent: "#1f4fa0"}}', {"accent": "light-dark(#1f4fa0,#a3bdff)"}),
        ('{dark: {accent_ink: "#000"}}', {"accent-ink": "light-dark(#ffffff,#000000)"}),
        ("{font: [serif]}", {"font": "serif"}),
        ("{radius: 0}", {"radius": "0px"}),
        ("{radius: 12px, width: 20em}", {"radius": "12px", "width": "20em"}),
        ("{spacing: 1.50em}", {"spacing": "1.5em"}),
        ("{density: compact}", {"density": "0.8"}),
        ("{font_size: large}", {"font-size": "large"}),
    ],
)
def test_a_theme_becomes_tokens(theme: str, tokens: dict[str, str]) -> None:
    assert tokens_of(theme_of(theme)) == tokens


def test_a_name_of_a_font_is_always_quoted() -> None:
    theme = theme_of("{font: [Open Sans, inherit, ヒラギノ角ゴ, system-ui]}")
    assert tokens_of(theme)["font"] == '"Open Sans","inherit","ヒラギノ角ゴ",system-ui'


@pytest.mark.parametrize(
    ("theme", "path", "said"),
    [
        ("{light: {accent: red}}", "light.accent", "three or six hexadecimal digits"),
        ("{light: {accent: #fff\n    }}", "light.accent", "in quotes"),
        ('{light: {accent: "#12345678"}}', "light.accent", "three or six hexadecimal digits"),
        ('{light: {accent: "rgb(0,0,0)"}}', "light.accent", "three or six hexadecimal digits"),
        ('{light: {accent: "#fff;color:red"}}', "light.accent", "three or six"),
        ('{light: {accent: "#fff}html{x:y"}}', "light.accent", "three or six"),
        ('{light: {acent: "#fff"}}', "light.acent", "did you mean `accent`?"),
        ("{radius: 8}", "radius", "in px or em"),
        ('{radius: "8"}', "radius", "in px or em"),
        ("{radius: false}", "radius", "in px or em"),
        ("{radius: null}", "radius", "in px or em"),
        ("{radius: 33px}", "radius", "from 0px to 32px"),
        ("{radius: -1px}", "radius", "in px or em"),
        ("{radius: calc(1px)}", "radius", "in px or em"),
        ('{radius: "8px;}*{"}', "radius", "in px or em"),
        ("{spacing: 0.1em}", "spacing", "from 4px to 48px"),
        ("{width: 5px}", "width", "from 160px"),
        ("{font: [Inter]}", "font", "end the list"),
        ("{font: []}", "font", "end the list"),
        ('{font: ["url(x)", serif]}', "font[0]", "letters, digits, spaces and hyphens"),
        ('{font: ["a\\"b", serif]}', "font[0]", "letters, digits, spaces and hyphens"),
        ('{font: ["a\\\\62", serif]}', "font[0]", "letters, digits, spaces and hyphens"),
        ('{font: ["</style>", serif]}', "font[0]", "letters, digits, spaces and hyphens"),
        ('{font: ["a\\nb", serif]}', "font[0]", "letters, digits, spaces and hyphens"),
        ('{font: ["@import", serif]}', "font[0]", "letters, digits, spaces and hyphens"),
        ("{mode: night}", "mode", "one of light, dark, auto"),
        ("{density: tight}", "density", "one of comfortable, compact"),
        ('{css: "a{}"}', "css", "not a key here"),
    ],
)
def test_what_is_no_theme_is_a_mistake_with_its_place(theme: str, path: str, said: str) -> None:
    (told,) = mistakes(themed(theme))
    assert told.startswith(f"a.yaml:13: sites.shop.theme.{path}: ")
    assert said in told


def test_what_is_exported_is_read_again() -> None:
    written = '{mode: dark, light: {accent: "#1f4fa0"}, font: [Open Sans, serif], radius: 0px}'
    document = sound(themed(written))
    assert sound(canonical(document)) == document


def test_two_spellings_are_the_same_theme() -> None:
    short, long = (theme_of(f'{{dark: {{ink: "{ink}"}}, radius: {r}}}') for ink, r in
                   (("#FFF", "8.0px"), ("#ffffff", "8px")))  # fmt: skip
    assert short == long
    assert ThemeSheet(short).name == ThemeSheet(long).name


# The sheet


def test_a_sheet_is_one_rule_of_tokens_in_our_layer() -> None:
    text = source_of(theme_of('{light: {accent: "#1f4fa0"}, font: [Open Sans, serif]}'))
    assert text == (
        "@layer askonce{:root{--ao-accent:light-dark(#1f4fa0,#a3bdff);"
        '--ao-font:"Open Sans",serif;}}'
    )


def test_a_theme_that_says_nothing_has_a_plain_sheet() -> None:
    assert ThemeSheet(Theme()).is_plain
    assert ThemeSheet(theme_of("{mode: dark}")).is_plain
    assert not ThemeSheet(theme_of("{density: compact}")).is_plain


def test_another_theme_has_another_name() -> None:
    one, other = ThemeSheet(theme_of("{radius: 1px}")), ThemeSheet(theme_of("{radius: 2px}"))
    assert one.name != other.name
    assert re.fullmatch(r"[0-9a-f]{20}\.css", one.name)


def test_every_colour_of_our_sheets_may_be_set() -> None:
    assert set(Colours.model_fields) == set(default_colours("light"))


def test_every_token_of_our_sheets_may_be_set() -> None:
    every = ", ".join(f'{key}: "{one}"' for key, one in default_colours("light").items())
    rest = "font: [serif], font_size: large, radius: 1px, spacing: 1em, width: 20em"
    theme = theme_of(f"{{light: {{{every}}}, {rest}, density: compact}}")
    assert set(tokens_of(theme)) == set(re.findall(r"var\(--ao-([a-z-]+),", source("frame")))

"""docs/theming.md: its table names every token as the code knows it, and its examples hold."""

import re
from pathlib import Path

from app.domain.themes import GENERIC, Colours, Theme
from app.lib.stylesheets import default_colours, source
from tests.unit.domain.documents import mistakes, sound
from tests.unit.domain.test_themes import themed

PAGE = (Path(__file__).parents[2] / "docs/theming.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| `") and "--ao-" in line
]


def test_every_key_of_a_theme_is_in_the_table() -> None:
    keys = [*Colours.model_fields, *set(Theme.model_fields) - {"mode", "light", "dark"}]
    assert sorted(row[0].strip("`") for row in ROWS) == sorted(keys)


def test_every_token_of_the_sheets_is_in_the_table() -> None:
    tokens = set(re.findall(r"var\((--ao-[a-z-]+),", source("frame")))
    assert {row[1].strip("`") for row in ROWS} == tokens


def test_the_colours_are_those_of_the_sheets() -> None:
    told = {row[0].strip("`"): (row[2].strip("`"), row[3].strip("`")) for row in ROWS[:9]}
    light, dark = default_colours("light"), default_colours("dark")
    assert told == {key: (str(light[key]), str(dark[key])) for key in Colours.model_fields}


def test_the_other_defaults_are_those_of_the_sheets() -> None:
    text = source("frame")
    for row in ROWS[9:]:
        token, default = row[1].strip("`"), row[2].split("`")[-2]
        assert f"var({token},{default.replace(', ', ',')}" in text.replace("calc(", "")


def test_every_generic_family_is_named() -> None:
    (told,) = re.findall(r"one that everybody has: (.*?)\.\n", PAGE, re.DOTALL)
    assert set(re.findall(r"`([a-z-]+)`", told)) == GENERIC


def test_the_example_can_be_applied() -> None:
    block = PAGE.split("```yaml")[1].split("```")[0].split("theme:\n")[1]
    inner = "".join(f"{line}\n" for line in block.splitlines())
    assert sound(themed("\n" + inner.rstrip())).sites["shop"].theme.density == "compact"


def test_the_mistake_is_told_as_the_page_says() -> None:
    told = " ".join(PAGE.split("```\naskonce.yaml:13")[1].split("```")[0].split())
    (said,) = mistakes(themed('{light: {danger: "#e06c75"}}'))
    assert said == f"a.yaml:13{told}"

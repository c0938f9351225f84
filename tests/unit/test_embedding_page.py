"""docs/embedding.md says of the element what its loader does."""

import re
from pathlib import Path

import pytest

from app.lib import assets

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/embedding.md").read_text()
LOADER = (ROOT / "static/loader.js").read_text()
FRAME = (ROOT / "static/frame.js").read_text()


def listed(heading: str) -> list[str]:
    """The first cells of the table under a heading, without what is around the name."""
    section = PAGE.split(f"### {heading}\n")[1].split("\n### ")[0]
    rows = re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
    return [row.partition("(")[0] for row in rows]


def test_every_attribute_is_listed() -> None:
    members = re.findall(r'MEMBERS = "([^"]+)"', LOADER)[0].split()
    others = re.findall(r'getAttribute\("([\w-]+)"\)|#reached\("([\w-]+)"', LOADER)
    assert sorted(listed("Attributes")) == sorted([*members, *(a or b for a, b in others)])


def test_every_method_is_listed() -> None:
    methods = re.findall(r"^    (?:async )?([a-z]\w+)\(.*\) \{$", LOADER, re.MULTILINE)
    inner = {"constructor", "press", "get", "set", "if"}
    callbacks = {name for name in methods if name.endswith("Callback")}
    assert sorted(listed("Methods")) == sorted(set(methods) - inner - callbacks)


def test_every_event_is_listed() -> None:
    forwarded = re.findall(r'"([a-z ]+)"\.split\(" "\)\)\n\s+on\(`askonce-', FRAME)[0].split()
    told = {*forwarded, *re.findall(r'emit\("(\w+)"', FRAME)}
    assert sorted(listed("Events")) == sorted(f"askonce-{name}" for name in told)


def test_the_integrity_is_that_of_the_loader() -> None:
    assert assets.asset("static/embed/loader-1.0.0.min.js").integrity in PAGE


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_what_a_page_links_is_there(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text())
    assert [one for one in linked if not (page.parent / one).exists()] == []

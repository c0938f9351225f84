"""The sheets: what a component's own may hold, and what becomes of it in a host's page."""

import re
from pathlib import Path

import pytest

from app.lib import assets
from app.lib.stylesheets import Sheet, fingerprint, source, stylesheet

SHEETS = sorted(assets.path("components").glob("*/*.css"))
SHARED = sorted(assets.path("static/css").glob("*.css"))
OURS = [path for path in [*SHEETS, *SHARED] if path.stem not in ("gallery", "doctor")]
# A state that htmx puts on a form while it waits.
STATES = {"htmx-request"}
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset)-(?:top|bottom|left|right)|top|bottom|left|right"
    r"|(?:min-|max-)?(?:width|height)|float|clear)\s*:|text-align:\s*(?:left|right)"
)
EVERY_SHEET: list[Sheet] = ["frame", "fragment"]
every_sheet = pytest.mark.parametrize("sheet", EVERY_SHEET)


def named(path: Path) -> str:
    return path.stem


def rules(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)


def selectors(text: str) -> list[str]:
    return [one.strip() for one in re.findall(r"[{};]([^{};]+)\{", text)]


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_a_component_styles_its_own_classes_alone(path: Path) -> None:
    own = "ao-" + path.stem.replace("_", "-")
    found = {one for text in selectors(rules(path)) for one in re.findall(r"\.([\w-]+)", text)}
    foreign = {one for one in found - STATES if one != own and not one.startswith(own + "-")}
    assert foreign == set()


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_every_rule_of_a_component_names_a_class_of_it(path: Path) -> None:
    unnamed = [one for one in selectors(rules(path)) if ".ao-" not in one and one[0] != "@"]
    assert unnamed == []


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_every_class_of_a_sheet_is_used_by_a_template(path: Path) -> None:
    templates = [*assets.path("components").glob("*/*.html"), *assets.path("app").rglob("*.html")]
    markup = " ".join(template.read_text("utf-8") for template in templates)
    found = {one for text in selectors(rules(path)) for one in re.findall(r"\.(ao-[\w-]+)", text)}
    parts = {"ao-birthdate-year"}  # written from the name of the part
    assert {one for one in found - parts if one not in markup} == set()


@pytest.mark.parametrize("path", OURS, ids=named)
def test_a_sheet_is_one_layer(path: Path) -> None:
    assert re.fullmatch(r"@layer askonce \{.*\}", rules(path).strip(), re.DOTALL)


@pytest.mark.parametrize("path", OURS, ids=named)
def test_a_sheet_knows_no_left_and_no_right(path: Path) -> None:
    assert PHYSICAL.findall(rules(path)) == []


@pytest.mark.parametrize("path", OURS, ids=named)
def test_a_sheet_has_nothing_that_yields_to_important_or_to_a_content_policy(path: Path) -> None:
    assert (
        re.findall(r"!important|@keyframes|animation|@import|url\(|@layer (?!askonce)", rules(path))
        == []
    )


@pytest.mark.parametrize(
    "text", ["margin-left: 0", "a{left: 0}", "width: 1em", "max-height:2em", "text-align: right"]
)
def test_a_physical_property_is_recognised(text: str) -> None:
    assert PHYSICAL.findall(text)


@pytest.mark.parametrize("text", ["border-width: 1px", "text-align: start", "margin: 0 auto"])
def test_a_logical_property_is_allowed(text: str) -> None:
    assert not PHYSICAL.findall(text)


@every_sheet
def test_a_sheet_is_balanced_and_in_its_layer(sheet: Sheet) -> None:
    text = source(sheet)
    assert text.startswith("@layer askonce{")
    assert text.count("{") == text.count("}")
    assert "/*" not in text
    assert "  " not in text


def test_every_declaration_of_the_fragment_is_important() -> None:
    declarations = re.findall(r"[{;]([\w-]+:[^{};]+)(?=[;}])", source("fragment"))
    assert len(declarations) > 100
    assert [one for one in declarations if not one.endswith("!important")] == []


def test_nothing_in_a_frame_is_important() -> None:
    assert "!important" not in source("frame")


def test_both_sheets_hold_the_same_rules_of_components() -> None:
    plain = source("fragment").replace("!important", "")
    shared = source("hosted")[source("hosted").index(".ao-card") :]
    assert shared in plain


def test_our_defaults_never_shadow_the_tokens_of_a_host() -> None:
    for sheet in EVERY_SHEET:
        assert re.findall(r"[{;]--ao-[\w-]+:", source(sheet)) == []
        assert "var(--ao-accent," in source(sheet)


@every_sheet
def test_a_sheet_is_small(sheet: Sheet) -> None:
    assert len(stylesheet(sheet).brotli) < 4096


def test_a_fingerprint_belongs_to_a_sheet() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", fingerprint("frame"))
    assert fingerprint("frame") != fingerprint("fragment")
    assert stylesheet("frame").integrity.startswith("sha384-")

"""The theme of a site: its colours in a frame and in a page, light, dark, forced, or stronger."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import World, axe_violations, watch
from tests.e2e.visiting import Card, Visitor

CLUB = {"light": "rgb(109, 51, 88)", "dark": "rgb(224, 164, 198)"}
SHOP = {"light": "rgb(31, 99, 80)", "dark": "rgb(124, 201, 174)"}
LOOK = "one => getComputedStyle(one).backgroundColor"
# A sheet of the page's own: its policy lets no inline style in.
SAY = """text => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet) }"""
New = Callable[..., BrowserContext]
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


def in_club(page: Page, world: World) -> Card:
    visitor = Visitor(page, world.demo)
    visitor.arrives("kim", "/club")
    visitor.frame_card.asks("A number for the evening")
    return visitor.frame_card


@each_scheme
def test_a_frame_has_the_colours_of_its_site(world: World, new_context: New, scheme: str) -> None:
    page = new_context(color_scheme=scheme, locale="en-GB").new_page()
    faults = watch(page)
    card = in_club(page, world)
    assert card.button("Save").evaluate(LOOK) == CLUB[scheme]
    assert card.button("Save").evaluate("one => getComputedStyle(one).borderRadius") == "2px"
    card.save()  # the errors' colours too
    expect(card.problems).to_be_visible()
    assert axe_violations(page.frames[1]) == ""
    assert faults == []


@each_scheme
def test_a_page_that_links_the_theme_has_them_too(
    world: World, new_context: New, scheme: str
) -> None:
    page = new_context(color_scheme=scheme, locale="en-GB").new_page()
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben")
    assert visitor.card("login").button("Save").evaluate(LOOK) == SHOP[scheme]
    assert axe_violations(page, "#ask-login") == ""


def test_what_the_page_says_itself_is_stronger(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben")
    save = visitor.card("login").button("Save")
    page.evaluate(SAY, ":root { --ao-accent: rgb(1, 2, 3) }")
    assert save.evaluate(LOOK) == "rgb(1, 2, 3)"
    page.evaluate(SAY, "#ask-login { --ao-accent: rgb(3, 2, 1) }")
    assert save.evaluate(LOOK) == "rgb(3, 2, 1)"


def test_forced_colours_replace_all_of_ours(world: World, new_context: New) -> None:
    page = new_context(forced_colors="active", color_scheme="light", locale="en-GB").new_page()
    card = in_club(page, world)
    forced = card.place.evaluate(
        "one => { const b = document.createElement('button'); document.body.append(b);"
        " const found = getComputedStyle(b).backgroundColor; b.remove(); return found }"
    )
    assert card.button("Save").evaluate(LOOK) == forced != CLUB["light"]


def test_who_asks_for_more_contrast_gets_it(world: World, new_context: New) -> None:
    page = new_context(contrast="more", color_scheme="light", locale="en-GB").new_page()
    card = in_club(page, world)
    border = card.field("Phone number").evaluate("one => getComputedStyle(one).borderColor")
    assert border == "rgb(27, 30, 36)"

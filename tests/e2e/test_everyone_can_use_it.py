"""For everyone: axe finds nothing in any state, light and dark, left to right and right to left."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.lib.i18n import gettext, use_locale
from tests.e2e.conftest import World, axe_violations
from tests.e2e.visiting import Card, Visitor

PEOPLE = {"en": "ben", "ar": "noor"}
PLACES = {"htmx 2": "/?htmx=2", "htmx 4": "/?htmx=4", "frame": "/plain"}
EDITORS = {"htmx 2": "/account?htmx=2", "htmx 4": "/account?htmx=4", "frame": "/plain/account"}
OURS = ".ao-root"
each_locale = pytest.mark.parametrize("locale", PEOPLE)
each_place = pytest.mark.parametrize("where", PLACES)


@pytest.fixture
def said(locale: str) -> Iterator[Callable[[str], str]]:
    """The texts of the buttons, in the language of the test."""
    with use_locale(locale):
        yield gettext


@pytest.fixture
def locale() -> str:
    return "en"


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], locale: str) -> Page:
    """A page that nobody watches: a content policy refuses the styles which axe brings."""
    return new_context(locale=locale).new_page()


def is_for_everyone(page: Page, where: str) -> None:
    """No violation in what is shown, in either scheme."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = axe_violations(page.frames[1]) if where == "frame" else axe_violations(page, OURS)
        assert found == "", scheme


def card_of(visitor: Visitor, where: str, mount: str) -> Card:
    return visitor.frame_card if where == "frame" else visitor.card(mount)


@each_place
@each_locale
def test_every_state_of_a_step(
    world: World, page: Page, where: str, locale: str, said: Callable[[str], str]
) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives(PEOPLE[locale], PLACES[where])
    card = card_of(visitor, where, "login")
    save = card.button(said("Save"))
    expect(save).to_be_visible()
    is_for_everyone(page, where)
    save.click()
    expect(card.problems).to_be_focused()
    is_for_everyone(page, where)
    card.place.locator("[autocomplete=organization]").fill("Example Ltd")
    save.click()
    expect(card.place.locator("[type=checkbox]")).to_be_visible()
    is_for_everyone(page, where)
    save.click()
    card.asks(said("Thank you"))
    is_for_everyone(page, where)


@each_place
@each_locale
def test_a_skip_and_a_form_that_has_expired(
    world: World, page: Page, where: str, locale: str, said: Callable[[str], str]
) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives(PEOPLE[locale], PLACES[where])
    card = card_of(visitor, where, "login")
    card.button(said("Skip for now")).click()
    card.asks(said("Skipped for now"))
    is_for_everyone(page, where)
    visitor.goes(PLACES[where])
    card.place.locator("[name=_t]").first.evaluate("one => { one.value = 'forged' }")
    card.button(said("Save")).click()
    card.asks(said("This form has expired"))
    is_for_everyone(page, where)


@each_place
@each_locale
def test_every_state_of_the_editor(
    world: World, page: Page, where: str, locale: str, said: Callable[[str], str]
) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives(PEOPLE[locale], EDITORS[where])
    card = card_of(visitor, where, "profile")
    card.asks(said("Your answers"))
    is_for_everyone(page, where)
    card.place.locator(".ao-answer-row-button").last.click()
    card.asks(said("Change your answer"))
    is_for_everyone(page, where)
    card.place.locator("[type=email]").fill("not an address")
    card.button(said("Save")).click()
    expect(card.problems).to_be_focused()
    is_for_everyone(page, where)
    card.place.locator("[type=email]").fill("someone@people.example")
    card.button(said("Save")).click()
    expect(card.banner).to_be_focused()
    is_for_everyone(page, where)


@pytest.mark.parametrize("path", ["/", "/pricing", "/account", "/club", "/sign-in"])
def test_the_pages_of_the_demo_are_for_everyone_too(
    world: World, page: Page, path: str, no_axe_violations: Callable[[Page], None]
) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", path)
    if path in ("/", "/pricing", "/account"):
        expect(page.locator(".ao-card")).to_be_visible()
    no_axe_violations(page)

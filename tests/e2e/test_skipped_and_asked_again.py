"""Skipping: a step rests, comes back when its time is over, and ends when that was announced."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import World
from tests.e2e.visiting import Card, Visitor

PLACES: dict[str, tuple[str, str, Callable[[Visitor], Card]]] = {
    "htmx 2": ("eve", "/pricing?htmx=2", lambda visitor: visitor.card("page")),
    "htmx 4": ("eve", "/pricing?htmx=4", lambda visitor: visitor.card("page")),
    "frame": ("kim", "/club", lambda visitor: visitor.frame_card),
}
# The rests of the two steps; the demo's clock turns by a day, a week or a month.
RESTS = {"eve": ["A week later", "A month later"], "kim": ["A day later", "A week later"]}


@pytest.mark.parametrize("where", PLACES)
def test_a_skipped_step_rests_and_returns_until_it_said_it_would_not(
    world: World, page: Page, where: str
) -> None:
    person, path, card_of = PLACES[where]
    visitor = Visitor(page, world.demo)
    visitor.arrives(person, path)
    card = card_of(visitor)
    for told, rest in zip(["2 more times", "1 more time."], RESTS[person], strict=True):
        expect(card.place).to_contain_text(f"You can skip this {told}")
        skip_and_see_it_rest(visitor, card, path)
        visitor.lets_pass(rest)
        visitor.goes(path)
    expect(card.place).to_contain_text("If you skip this, we will not ask again.")
    skip_and_see_it_rest(visitor, card, path)
    visitor.lets_pass("A month later")
    visitor.goes(path)
    sees_nothing(visitor, card)


def skip_and_see_it_rest(visitor: Visitor, card: Card, path: str) -> None:
    card.skip()
    card.asks("Skipped for now")
    visitor.goes(path)
    sees_nothing(visitor, card)


def sees_nothing(visitor: Visitor, card: Card) -> None:
    if "/club" in visitor.page.url:
        expect(visitor.page.locator("iframe")).to_have_count(0)
    else:
        visitor.hears("nothing")
        card.is_empty()


def test_a_closed_step_comes_back_with_the_next_sitting(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("kim")
    visitor.goes("/club")
    visitor.frame_card.button("Close").click()
    visitor.frame_card.asks("Skipped for now")
    visitor.goes("/club")
    expect(page.locator("iframe")).to_have_count(0)
    visitor.signs_in_again()
    visitor.frame_card.asks("A number for the evening")
    expect(visitor.frame_card.place).to_contain_text("You can skip this 2 more times.")


def test_no_other_step_follows_a_skip_at_once(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben")
    card = visitor.card("login")
    card.asks("About your work")
    card.skip()
    card.asks("Skipped for now")
    visitor.hears("skipped")
    visitor.hears("prompted", times=1)

"""Edited later: every answer with where it came from, changed and cleared in the same form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import World
from tests.e2e.visiting import Card, Visitor

PLACES: dict[str, tuple[str, Callable[[Visitor], Card]]] = {
    "htmx 2": ("/account?htmx=2", lambda visitor: visitor.card("profile")),
    "htmx 4": ("/account?htmx=4", lambda visitor: visitor.card("profile")),
    "frame": ("/account?shown=frame", lambda visitor: visitor.frame_card),
}
each_place = pytest.mark.parametrize("where", PLACES)


def opened(world: World, page: Page, where: str) -> tuple[Visitor, Card]:
    """The editor of Ben, who has told where he works."""
    path, card_of = PLACES[where]
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben")
    step = visitor.card("login")
    step.field("Company").fill("Example Ltd")
    step.field("11 to 200").check()
    step.save()
    step.asks("One letter a month")
    visitor.goes(path)
    card = card_of(visitor)
    card.asks("Your answers")
    return visitor, card


@each_place
def test_an_answer_is_changed_with_the_same_form_and_errors(
    world: World, page: Page, where: str
) -> None:
    visitor, card = opened(world, page, where)
    expect(card.row("First name")).to_contain_text("Acme Shop told us on")
    expect(card.row("Company")).to_contain_text("You told Acme Shop on")
    card.row("Company").get_by_role("button", name="Edit").click()
    card.asks("Change your answer")
    expect(card.field("Company")).to_have_value("Example Ltd")
    card.field("Company").fill("x" * 101)
    card.save()
    expect(card.problems).to_be_focused()
    expect(card.field("Company")).to_have_value("x" * 101)
    card.field("Company").fill("Other Ltd")
    card.save()
    expect(card.banner).to_have_text("Your change is saved.")
    expect(card.banner).to_be_focused()
    expect(card.row("Company")).to_contain_text("Other Ltd")
    visitor.goes(PLACES[where][0])
    expect(card.row("Company")).to_contain_text("Other Ltd")


@each_place
def test_an_answer_is_cleared_and_an_edit_given_up(world: World, page: Page, where: str) -> None:
    _visitor, card = opened(world, page, where)
    card.row("Company").get_by_role("button", name="Edit").click()
    card.asks("Change your answer")
    card.field("Company").fill("Never saved Ltd")
    card.button("Cancel").click()
    card.asks("Your answers")
    expect(card.row("Company")).to_contain_text("Example Ltd")
    card.row("How many people work there?").get_by_role("button", name="Edit").click()
    card.asks("Change your answer")
    card.button("Clear this answer").click()
    expect(card.banner).to_have_text("The answer is cleared.")
    expect(card.place).not_to_contain_text("11 to 200")
    expect(card.row("Company")).to_contain_text("Example Ltd")

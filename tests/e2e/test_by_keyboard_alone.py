"""The keyboard alone: Tab, Enter and Space lead everywhere, and the focus is always seen."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import World
from tests.e2e.visiting import Card, Visitor, each_htmx

SEEN = """one => { const look = getComputedStyle(one);
  return look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2; }"""
EVERYWHERE = ["htmx 2", "htmx 4", "frame"]


def walk_to(page: Page, goal: Locator, key: str = "Tab") -> None:
    """Press Tab until the focus is there; it must be seen there."""
    for _ in range(40):
        if goal.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press(key)
    expect(goal).to_be_focused()
    assert goal.evaluate(SEEN), goal


def pricing_card(visitor: Visitor, where: str) -> Card:
    """The step on prices, in the page or in a frame."""
    if where == "frame":
        visitor.arrives("eve", "/plain/pricing")
        return visitor.frame_card
    visitor.arrives("eve", "/pricing?htmx=" + where[-1])
    return visitor.card("page")


@pytest.mark.parametrize("where", EVERYWHERE)
def test_a_step_is_answered(world: World, page: Page, where: str) -> None:
    visitor = Visitor(page, world.demo)
    card = pricing_card(visitor, where)
    card.asks("A price for your office")
    assert page.evaluate("document.activeElement === document.body"), "focus was taken on load"
    walk_to(page, card.field("How many desks"))
    page.keyboard.type("a dozen")
    page.keyboard.press("Enter")
    expect(card.problems).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.problems.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(card.field("How many desks")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    page.keyboard.press("Tab")
    expect(card.field("Where shall we deliver?")).to_be_focused()
    page.keyboard.type("Germany")
    walk_to(page, card.button("Save"))
    page.keyboard.press("Space")
    card.asks("Thank you")
    expect(card.title).to_be_focused()


@pytest.mark.parametrize("where", EVERYWHERE)
def test_a_step_is_skipped(world: World, page: Page, where: str) -> None:
    card = pricing_card(Visitor(page, world.demo), where)
    walk_to(page, card.button("Skip for now"))
    page.keyboard.press("Enter")
    card.asks("Skipped for now")
    expect(card.title).to_be_focused()


@each_htmx
def test_a_step_is_closed_and_the_focus_goes_on_from_there(
    world: World, page: Page, htmx: int
) -> None:
    card = pricing_card(Visitor(page, world.demo), f"htmx {htmx}")
    walk_to(page, card.button("Close"))
    page.keyboard.press("Space")
    card.is_empty()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Choose Desk")).to_be_focused()


@pytest.mark.parametrize("where", EVERYWHERE)
def test_an_answer_is_edited(world: World, page: Page, where: str) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives(
        "eve", "/account?" + ("shown=frame" if where == "frame" else where.replace(" ", "="))
    )
    card = visitor.frame_card if where == "frame" else visitor.card("profile")
    walk_to(page, card.row("First name").get_by_role("button", name="Edit"))
    page.keyboard.press("Enter")
    card.asks("Change your answer")
    expect(card.title).to_be_focused()
    walk_to(page, card.field("First name"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Evelyn")
    page.keyboard.press("Enter")
    expect(card.banner).to_be_focused()
    expect(card.row("First name")).to_contain_text("Evelyn")


@each_htmx
def test_one_of_a_few_is_chosen_with_the_arrows(world: World, page: Page, htmx: int) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", f"/?htmx={htmx}")
    card = visitor.card("login")
    walk_to(page, card.field("Company"))
    page.keyboard.type("Example Ltd")
    walk_to(page, card.field("1 to 10"))
    page.keyboard.press("ArrowDown")
    expect(card.field("11 to 200")).to_be_checked()
    page.keyboard.press("Enter")
    card.asks("One letter a month")
    expect(card.title).to_be_focused()
    walk_to(page, card.field("Send me"))
    page.keyboard.press("Space")
    expect(card.field("Send me")).to_be_checked()
    walk_to(page, card.button("Save"))
    page.keyboard.press("Enter")
    card.asks("Thank you")

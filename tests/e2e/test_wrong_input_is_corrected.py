"""Wrong input: the summary takes the focus and leads to the fields, what was typed stays."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import World
from tests.e2e.visiting import Visitor, each_htmx


@each_htmx
def test_what_is_wrong_in_a_page_is_named_and_corrected(
    world: World, page: Page, htmx: int
) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("eve", f"/pricing?htmx={htmx}")
    card = visitor.card("page")
    card.field("How many desks").fill("a dozen")
    title = page.title()
    card.save()
    expect(card.problems).to_be_focused()
    expect(card.problems.get_by_role("link")).to_have_count(2)
    expect(card.field("How many desks")).to_have_value("a dozen")
    expect(card.field("How many desks")).to_have_attribute("aria-invalid", "true")
    expect(card.place.locator(".ao-field-error")).to_have_count(2)
    assert page.title() == title, "the title is the host's"
    visitor.hears("invalid")
    card.problems.get_by_role("link").first.click()
    expect(card.field("How many desks")).to_be_focused()
    card.field("How many desks").fill("12")
    card.problems.get_by_role("link").last.click()
    expect(card.field("Where shall we deliver?")).to_be_focused()
    card.field("Where shall we deliver?").select_option(label="Germany")
    card.save()
    card.asks("Thank you")
    visitor.goes("/account")
    expect(visitor.card("profile").row("How many desks shall we look after?")).to_contain_text("12")


def test_what_is_wrong_in_a_frame_is_named_and_corrected(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("kim", "/club")
    card = visitor.frame_card
    card.field("Phone number").fill("12")
    frame_is_called(page, "A number for the evening")
    card.save()
    expect(card.problems).to_be_focused()
    frame_is_called(page, "Error: A number for the evening")
    expect(card.field("Phone number")).to_have_value("12")
    link = card.problems.get_by_role("link")
    expect(link).to_contain_text("Enter a phone number, like")
    link.click()
    expect(card.field("Phone number")).to_be_focused()
    card.field("Phone number").fill("030 1234567")
    card.save()
    card.asks("Thank you")
    expect(card.title).to_be_focused()
    frame_is_called(page, "Your answers")


def frame_is_called(page: Page, title: str) -> None:
    page.frames[1].wait_for_function("title => document.title === title", arg=title)


@pytest.mark.parametrize(
    "typed", ["x" * 101, "bell\u0007here", "<script>document.title = 'x'</script>", "😀" * 200]
)
def test_no_text_is_too_strange_to_be_answered(world: World, page: Page, typed: str) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben")
    card = visitor.card("login")
    card.field("Company").evaluate("(one, typed) => { one.value = typed }", typed)
    card.save()
    problem = card.field("Company").and_(page.locator("[aria-invalid]"))
    expect(problem.or_(card.place.get_by_text("One letter a month"))).to_be_visible()
    if problem.is_visible():
        expect(problem).to_have_value(typed)
    assert "Acme Shop" in page.title()

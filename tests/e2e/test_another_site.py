"""Another site: it knows what the first one was told, and asks only for what is missing there."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import World
from tests.e2e.visiting import Visitor


def test_the_club_asks_for_the_one_thing_the_shop_did_not(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben")
    visitor.card("login").field("Company").fill("Example Ltd")
    visitor.card("login").save()
    visitor.card("login").asks("One letter a month")
    visitor.goes("/club")
    card = visitor.frame_card
    card.asks("A number for the evening")
    expect(card.place.locator("input:not([type=hidden]), select, textarea")).to_have_count(1)
    card.field("Phone number").fill("+49 30 1234567")
    card.save()
    card.asks("Thank you")
    visitor.goes("/club")
    expect(page.locator("iframe")).to_have_count(0)
    visitor.goes("/account")
    row = visitor.card("profile").row("Phone number")
    expect(row).to_contain_text("You told Acme Club on")
    expect(row).to_contain_text("+49 30 1234567")


def test_the_shop_asks_nothing_that_was_answered_in_the_club(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("kim", "/club")
    visitor.frame_card.field("Phone number").fill("030 1234567")
    visitor.frame_card.save()
    visitor.frame_card.asks("Thank you")
    visitor.goes("/?htmx=2")
    visitor.hears("nothing")
    visitor.card("login").is_empty()

"""Without JavaScript: the frame alone, with errors, skip and editor, to the end; or no cookies."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.e2e.conftest import World
from tests.e2e.visiting import Card, Visitor


@pytest.fixture
def plain_page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(locale="en-GB", java_script_enabled=False).new_page()


class Forgetful:
    """A browser that can forget Askonce's cookies; `sent` are the requests that had one."""

    def __init__(self, page: Page, askonce: str) -> None:
        self._page = page
        self._askonce = askonce
        self.sent: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url.startswith(self._askonce) and "cookie" in request.headers:
            self.sent.append(request.url)

    def forget(self) -> None:
        self._page.context.clear_cookies(domain="localhost")


@pytest.mark.parametrize("cookies", ["kept", "refused"])
def test_a_step_is_answered_to_the_end(world: World, plain_page: Page, cookies: str) -> None:
    visitor = Visitor(plain_page, world.demo)
    visitor.arrives("ben", "/plain")
    forgetful = Forgetful(plain_page, world.askonce)
    card = visitor.frame_card
    card.asks("About your work")
    let_go(forgetful, cookies)
    card.field("Your role").fill("designer")
    card.field("Website").fill("not an address")
    card.save()
    expect(card.problems.get_by_role("link")).to_have_count(2)
    assert plain_page.frames[1].title() == "Error: About your work"
    expect(card.field("Your role")).to_have_value("designer")
    expect(card.field("Website")).to_have_value("not an address")
    card.problems.get_by_role("link").first.click()
    let_go(forgetful, cookies)
    card.field("Company").fill("Example Ltd")
    card.field("Website").fill("acme.example")
    card.save()
    card.asks("One letter a month")
    let_go(forgetful, cookies)
    card.field("Send me").check()
    card.save()
    card.asks("Thank you")
    visitor.goes("/plain")
    expect(plain_page.locator("iframe")).to_have_count(0)
    assert forgetful.sent == []


def let_go(forgetful: Forgetful, cookies: str) -> None:
    if cookies == "refused":
        forgetful.forget()


@pytest.mark.parametrize("button", ["Skip for now", "Close"])
def test_a_step_is_skipped_or_closed(world: World, plain_page: Page, button: str) -> None:
    visitor = Visitor(plain_page, world.demo)
    visitor.arrives("kim", "/club")
    visitor.frame_card.button(button).click()
    visitor.frame_card.asks("Skipped for now")
    visitor.goes("/club")
    expect(plain_page.locator("iframe")).to_have_count(0)


def test_an_answer_is_changed_and_cleared(world: World, plain_page: Page) -> None:
    visitor = Visitor(plain_page, world.demo)
    visitor.arrives("eve", "/plain/account")
    card = visitor.frame_card
    edit(card, "E-mail address")
    card.field("E-mail address").fill("not an address")
    card.save()
    expect(card.problems).to_be_visible()
    expect(card.field("E-mail address")).to_have_value("not an address")
    card.button("Cancel").click()
    edit(card, "First name")
    card.field("First name").fill("Evelyn")
    card.save()
    expect(card.banner).to_have_text("Your change is saved.")
    expect(card.row("First name")).to_contain_text("Evelyn")
    edit(card, "First name")
    card.button("Cancel").click()
    edit(card, "First name")
    card.button("Clear this answer").click()
    expect(card.banner).to_have_text("The answer is cleared.")
    expect(card.place).not_to_contain_text("Evelyn")


def edit(card: Card, label: str) -> None:
    card.row(label).get_by_role("button", name="Edit").click()
    card.asks("Change your answer")


def test_a_button_of_the_host_asks_by_a_link(world: World, plain_page: Page) -> None:
    visitor = Visitor(plain_page, world.demo)
    visitor.arrives("eve", "/plain")
    plain_page.get_by_role("link", name="Sort the shelf for me").click()
    card = visitor.frame_card
    card.asks("What shall we show you first?")
    card.field("Lamps").check()
    for part, typed in (("Day", "31"), ("Month", "2")):
        card.field(part).fill(typed)
    card.save()
    expect(card.problems).to_be_visible()
    expect(card.field("Lamps")).to_be_checked()
    expect(card.field("Day")).to_have_value("31")
    card.field("Day").fill("28")
    card.save()
    card.asks("Thank you")


def test_back_shows_no_answer_twice(world: World, plain_page: Page) -> None:
    visitor = Visitor(plain_page, world.demo)
    visitor.arrives("kim", "/club")
    card = visitor.frame_card
    card.field("Phone number").fill("030 1234567")
    card.save()
    card.asks("Thank you")
    plain_page.evaluate("history.back()")
    expect(card.title).to_have_text("Nothing to ask")
    plain_page.reload()
    expect(plain_page.locator("iframe")).to_have_count(0)
    visitor.goes("/plain/account")
    expect(card.row("Phone number")).to_have_count(1)
    expect(card.row("Phone number")).to_contain_text("+49 30 1234567")


def test_a_spent_ticket_shows_the_person_alone_where_they_stand(
    world: World, plain_page: Page
) -> None:
    visitor = Visitor(plain_page, world.demo)
    visitor.arrives("kim", "/club")
    visitor.frame_card.asks("A number for the evening")
    spent = plain_page.locator("iframe").get_attribute("src") or ""
    visitor.frame_card.skip()
    visitor.frame_card.asks("Skipped for now")
    load_again(plain_page, spent)
    visitor.frame_card.asks("Nothing to ask")
    Forgetful(plain_page, world.askonce).forget()
    load_again(plain_page, spent)
    visitor.frame_card.asks("This form has expired")
    answer = plain_page.goto(spent)
    assert answer
    assert answer.status == 403


def load_again(page: Page, url: str) -> None:
    page.locator("iframe").evaluate("(one, url) => { one.src = url }", url)

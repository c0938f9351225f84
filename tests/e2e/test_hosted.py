"""The hosted page: a person is sent to Askonce and comes back, with and without JavaScript."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.e2e.conftest import World, axe_violations, watch
from tests.e2e.visiting import Card, Visitor

RECEPTION = "/reception"


class Traveller:
    """Somebody on the way to Askonce and back; `addresses` are those that the browser went to."""

    def __init__(self, page: Page, world: World, *, keeps_cookies: bool) -> None:
        self.page = page
        self.world = world
        self._keeps = keeps_cookies
        self.addresses: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.is_navigation_request():
            self.addresses.append(request.url)

    @property
    def card(self) -> Card:
        return Card(self.page.locator("html"))

    def goes_in(self, person: str) -> None:
        visitor = Visitor(self.page, self.world.demo)
        visitor.arrives(person, RECEPTION)
        self.page.locator("main .button").click()
        self.forgets()

    def forgets(self) -> None:
        """The browser keeps no cookie of Askonce's."""
        if not self._keeps:
            self.page.context.clear_cookies(domain="localhost")

    def is_asked(self, title: str) -> None:
        self.card.asks(title)
        assert self.page.url.startswith(self.world.askonce + "/v1/hosted")
        self.forgets()

    def is_back(self, words: str) -> None:
        expect(self.page.get_by_role("status")).to_have_text(words)
        assert self.page.url == self.world.demo + RECEPTION


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def page(
    request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]
) -> Iterator[Page]:
    page = new_context(locale="en-GB", java_script_enabled=request.param).new_page()
    faults = watch(page)
    yield page
    assert faults == []


@pytest.mark.parametrize("keeps_cookies", [True, False], ids=["cookies", "no-cookies"])
def test_somebody_is_sent_answers_and_comes_back(
    world: World, page: Page, keeps_cookies: bool
) -> None:
    traveller = Traveller(page, world, keeps_cookies=keeps_cookies)
    traveller.goes_in("ben")
    traveller.is_asked("About your work")
    traveller.card.field("Website").fill("not an address")
    traveller.card.save()
    expect(traveller.card.problems.get_by_role("link")).to_have_count(2)
    expect(traveller.card.problems).to_be_focused()
    assert page.title() == "Error: About your work"
    expect(traveller.card.field("Website")).to_have_value("not an address")
    traveller.forgets()
    traveller.card.field("Company").fill("Example Ltd")
    traveller.card.field("Website").fill("acme.example")
    traveller.card.save()
    traveller.is_asked("One letter a month")
    assert ("/v1/hosted?flow=" in page.url) is keeps_cookies
    traveller.card.skip()
    traveller.is_back("You skipped it. We may ask again another time.")
    expect(page.locator("dd", has_text="Example Ltd")).to_have_count(1)


def test_no_address_on_the_way_says_who_it_is_or_what_was_said(world: World, page: Page) -> None:
    traveller = Traveller(page, world, keeps_cookies=True)
    traveller.goes_in("ben")
    traveller.card.field("Company").fill("Example Ltd")
    traveller.card.save()
    traveller.card.skip()
    traveller.is_back("You skipped it. We may ask again another time.")
    (back,) = [one for one in traveller.addresses if "code=" in one]
    assert dict(parse_qsl(urlsplit(back).query)).keys() == {"state", "code"}
    for address in traveller.addresses:
        assert "ben" not in address
        assert "Example" not in address


def test_who_has_told_all_there_is_sees_no_page_of_ours(world: World, page: Page) -> None:
    traveller = Traveller(page, world, keeps_cookies=True)
    traveller.goes_in("ada")
    traveller.is_back("Nothing is missing. Come in.")
    assert not [one for one in traveller.addresses if one.startswith(world.askonce)]


@pytest.mark.parametrize("keeps_cookies", [True, False], ids=["cookies", "no-cookies"])
def test_a_reload_and_back_show_where_one_stands(
    world: World, page: Page, keeps_cookies: bool
) -> None:
    traveller = Traveller(page, world, keeps_cookies=keeps_cookies)
    traveller.goes_in("ben")
    traveller.is_asked("About your work")
    first = page.url
    traveller.card.field("Company").fill("Example Ltd")
    traveller.card.save()
    traveller.is_asked("One letter a month")
    page.goto(first)
    if keeps_cookies:
        traveller.is_asked("One letter a month")
        page.reload()
        traveller.is_asked("One letter a month")
    else:
        traveller.card.asks("This page is no longer good")


def test_back_after_the_end_is_no_trap(world: World, page: Page) -> None:
    traveller = Traveller(page, world, keeps_cookies=True)
    traveller.goes_in("ben")
    first = page.url
    traveller.card.button("Close").click()
    traveller.is_back("You closed it. Come in all the same.")
    page.goto(first)
    traveller.card.asks("Skipped for now")
    traveller.card.button("Continue to Acme Shop").click()
    # The demo has forgotten the state that it gave: who comes twice begins anew.
    traveller.is_back("This way back was not for you, or was taken before. Begin again here.")


def test_the_page_can_be_used_by_everybody(
    world: World, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    traveller = Traveller(page, world, keeps_cookies=True)
    traveller.goes_in("ben")
    traveller.is_asked("About your work")
    assert axe_violations(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    traveller.card.save()
    expect(traveller.card.problems).to_be_focused()
    assert axe_violations(page) == ""
    spent = page.goto(f"{world.askonce}/v1/hosted/{'x' * 43}")
    assert spent
    assert spent.status == 410
    assert axe_violations(page) == ""


def test_it_reads_from_right_to_left(world: World, page: Page) -> None:
    traveller = Traveller(page, world, keeps_cookies=True)
    traveller.goes_in("noor")
    traveller.is_asked("عن عملك")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.locator(".ao-buttons-skip").click()
    traveller.is_back("لقد تخطّيت ذلك. قد نسألك في وقت آخر.")


def test_no_page_can_frame_it(world: World, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    refused = watch(page)
    Visitor(page, world.demo).arrives("ben", RECEPTION)
    answer = page.request.post(world.demo + RECEPTION, max_redirects=0)
    url = answer.headers["location"]
    assert url.startswith(world.askonce + "/v1/hosted/")
    framing = f"{world.demo}/framing"
    html = f'<!doctype html><title>x</title><iframe src="{url}"></iframe>'
    page.route(framing, lambda route: route.fulfill(content_type="text/html", body=html))
    with page.expect_response(url) as framed:
        page.goto(framing)
    assert framed.value.status == 403
    (said,) = refused
    assert "frame-ancestors 'none'" in said
    opened = page.goto(url)
    assert opened
    assert opened.status == 200

"""The host's page: nothing of it changes, and nothing that a person says leaves by a side door."""

import json
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.e2e.conftest import World
from tests.e2e.visiting import FRAME, Card, Visitor, each_htmx

COMPANY, ROLE = "Zyxwvut & Sons", "quartermaster"
# What of a person must never stand in an address, a referrer or an event.
PERSONAL = ("zyxwvut", "quartermaster", "people.example", "ben@")
WORLD = """() => ({
  entries: history.length, path: location.href, title: document.title,
  names: Object.getOwnPropertyNames(window).filter((name) => !/^\\d+$/.test(name)),
  kept: [{...localStorage}, {...sessionStorage}], cookies: document.cookie,
  bodies: document.body.children.length, heads: document.head.children.length,
})"""
LISTEN = """() => { window.told = [];
  for (const name of ['ready', 'prompted', 'saved', 'invalid', 'skipped', 'dismissed', 'complete',
                      'nothing', 'error', 'gone'])
    addEventListener(`askonce-${name}`, ({detail}) => {
      const {elt, ...rest} = detail ?? {}; window.told.push({name, ...rest}); }); }"""
SHIFTS = """() => new Promise((resolve) => new PerformanceObserver((list, self) => {
    self.disconnect(); resolve(list.getEntries().filter((one) => !one.hadRecentInput)
      .reduce((sum, one) => sum + one.value, 0)); }).observe({type: 'layout-shift', buffered: true})
  || setTimeout(() => resolve(0), 300))"""


def watched(page: Page) -> list[Request]:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    return sent


def answers_it_all(card: Card) -> None:
    """Wrong first, then right, then the step that follows."""
    card.field("Your role").fill(ROLE)
    card.save()
    expect(card.problems).to_be_visible()
    card.field("Company").fill(COMPANY)
    card.save()
    card.asks("One letter a month")
    card.skip()
    card.asks("Skipped for now")


@each_htmx
def test_nothing_of_a_page_changes_but_its_mount(world: World, page: Page, htmx: int) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", f"/?htmx={htmx}")
    card = visitor.card("login")
    card.asks("About your work")
    before: dict[str, Any] = page.evaluate(WORLD)
    if htmx == 2:  # version 4 keeps a mark of its own in its page's state, whoever it swaps for
        assert page.evaluate("history.state") is None
    answers_it_all(card)
    assert page.evaluate(WORLD) == before
    if htmx == 2:
        assert page.evaluate("history.state") is None


def test_nothing_of_a_page_changes_around_a_frame(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", "/plain")
    visitor.frame_card.asks("About your work")
    before = page.evaluate(WORLD)
    answers_it_all(visitor.frame_card)
    assert page.evaluate(WORLD) == before
    assert page.evaluate("history.state") is None


@pytest.mark.parametrize("path", ["/?htmx=2", "/?htmx=4", "/plain"])
def test_no_address_no_referrer_and_no_event_holds_anything_personal(
    world: World, page: Page, path: str
) -> None:
    page.add_init_script(f"({LISTEN})()")
    sent = watched(page)
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", path)
    card = visitor.frame_card if path == "/plain" else visitor.card("login")
    answers_it_all(card)
    theirs = [one.all_headers() | {":url": one.url} for one in sent if world.askonce in one.url]
    assert len(theirs) > 4
    for headers in theirs:
        assert holds_nothing(headers[":url"])
        assert headers.get("referer", "").removesuffix("/") in ("", world.demo, world.askonce)
        assert "hx-current-url" not in headers or path == "/plain"
    told = page.evaluate("window.told")
    assert holds_nothing(json.dumps(told))
    if path != "/plain":
        assert [one["name"] for one in told] == [
            "prompted", "invalid", "saved", "prompted", "skipped"
        ]  # fmt: skip
        assert all(set(one) <= {"name", "step", "prompt", "status"} for one in told)


def holds_nothing(text: str) -> bool:
    return not any(one in text.lower() for one in PERSONAL)


@pytest.mark.parametrize("path", ["/?htmx=2", "/?htmx=4", "/plain"])
def test_what_comes_by_itself_takes_no_focus(world: World, page: Page, path: str) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben")
    page.route("**/fragments/**", lambda route: route.continue_())
    visitor.goes(path)
    page.get_by_role("link", name="Prices").focus()
    card = visitor.frame_card if path == "/plain" else visitor.card("login")
    card.asks("About your work")
    expect(page.get_by_role("link", name="Prices")).to_be_focused()
    assert page.evaluate("scrollY") == 0


PAGES = ["/?htmx=2", "/?htmx=4", "/pricing", "/account", "/club", "/plain", "/account?shown=frame"]


@pytest.mark.parametrize("person", ["ben", "vera", "noor"])
def test_nothing_is_wider_than_a_narrow_window(
    world: World, new_context: Callable[..., BrowserContext], person: str
) -> None:
    page = new_context(viewport={"width": 320, "height": 700}).new_page()
    visitor = Visitor(page, world.demo)
    visitor.arrives(person)
    for path in PAGES:
        visitor.goes(path)
        framed = "iframe" in page.content()
        place = page.frame_locator(FRAME).locator("html") if framed else page.locator("html")
        card = place.locator(".ao-card")
        expect(card).to_be_visible()
        widths = "one => [one.scrollWidth, one.clientWidth]"
        for one in (page.locator("html"), place):
            wide, seen = one.evaluate(widths)
            assert wide <= seen, (path, wide, seen)
        box = card.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320


@pytest.mark.parametrize("path", ["/plain", "/plain/pricing", "/plain?ask=interests", "/club"])
def test_a_page_does_not_jump_when_its_frame_arrives(world: World, page: Page, path: str) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", path)
    expect(visitor.frame_card.title).to_be_visible()
    assert page.evaluate(SHIFTS) <= 0.001
    frame = page.locator(FRAME)
    inner = visitor.frame_card.place.evaluate("one => one.scrollHeight")
    box = frame.bounding_box()
    assert box
    assert box["height"] >= inner


def test_a_frame_whose_page_comes_late_is_whole(world: World, page: Page) -> None:
    def late(route: Route) -> None:
        response = route.fetch()
        Event().wait(0.3)  # as a slow network
        route.fulfill(response=response)

    page.route("**/v1/frames/**", late)
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", "/club")
    expect(visitor.frame_card.title).to_be_visible()
    place = visitor.frame_card.place
    height = place.evaluate("one => one.ownerDocument.defaultView.innerHeight")
    assert height >= place.evaluate("one => one.scrollHeight")

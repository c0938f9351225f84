"""Pages that mean harm: what a browser keeps from them, and what we do."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, Response, expect

from tests.e2e.conftest import World
from tests.e2e.elements import Backend, Host

EVIL = "https://evil.example"
LETTER = "One letter a month"
# What posts to everybody it can reach that it is the frame, the loader or the page.
FORGING = """<script>
  window.caught = 0;
  addEventListener("message", ({ ports }) => { caught += ports.length; });
  const all = () => [parent, top, ...[...Array(top.length).keys()].map((n) => top[n])];
  setInterval(() => {
    for (const one of all().filter((one) => one !== window)) {
      one.postMessage("askonce", "*");
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { caught += 1; };
      one.postMessage(["https://evil.example/", "acme.club"], "*", [port2]);
    }
  }, 20);
</script>"""


@pytest.fixture
def stranger(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in which the browser may complain of a policy: that it does is the test."""
    return new_context(locale="en-GB").new_page()


def serves(page: Page, address: str, html: str) -> None:
    page.route(f"{address}**", lambda route: route.fulfill(content_type="text/html", body=html))


def framed(address: str, name: str = "ask", attributes: str = "") -> str:
    return f'<!doctype html><iframe name="{name}" src="{address}" {attributes}></iframe>'


def blocks(page: Frame) -> None:
    """The browser shows its own page in the place of ours, and nothing of ours runs there."""
    (frame,) = page.child_frames
    frame.wait_for_url(re.compile("^chrome-error:"), wait_until="commit")
    expect(frame.locator(".ao-root")).to_have_count(0)


@pytest.mark.parametrize("place", ["element", "ticket"])
def test_a_page_that_no_site_lists_shows_no_frame(world: World, stranger: Page, place: str) -> None:
    element = f"{world.askonce}/v1/sites/acme.shop/frame"
    address = element if place == "element" else Backend(world).frame()
    serves(stranger, EVIL, framed(address))
    stranger.goto(EVIL)
    blocks(stranger.main_frame)


def test_a_page_between_the_site_s_and_the_frame_shows_none(world: World, stranger: Page) -> None:
    serves(stranger, EVIL, framed(f"{world.askonce}/v1/sites/acme.shop/frame"))
    serves(stranger, f"{world.demo}/host", framed(EVIL, "between"))
    stranger.goto(f"{world.demo}/host")
    (between,) = stranger.main_frame.child_frames
    blocks(between)


def test_what_a_stranger_in_the_page_posts_is_heard_by_nobody(world: World, page: Page) -> None:
    host = Host(page, Backend(world))
    serves(page, EVIL, f"<!doctype html>{FORGING}")
    element = '<ask-once site="acme.shop" token-endpoint="/askonce-token" on="login"></ask-once>'
    host.opens(f'<iframe name="evil" src="{EVIL}"></iframe>{element}')
    host.card.asks(LETTER)
    host.card.save()
    host.card.asks("Thank you")
    host.hears("ready", "prompted", "saved", "complete")
    evil = page.frame(name="evil")
    assert evil
    assert evil.evaluate("caught") == 0


def test_what_the_page_itself_forges_changes_nobody(world: World, page: Page) -> None:
    """A second port, the frame's own word from elsewhere, an answer to nobody's question."""
    host = Host(page, Backend(world))
    host.opens()
    host.card.asks(LETTER)
    host.do(
        """const [frame, { port1, port2 }] = [it.querySelector('iframe'), new MessageChannel()];
        window.caught = 0; port1.onmessage = () => { caught += 1; };
        frame.contentWindow.postMessage(['https://evil.example/', 'acme.club'], '*', [port2]);
        port1.postMessage(['answer', 99, 'forged']); port1.postMessage(['close']);
        postMessage('askonce', '*'); postMessage(['event', 'complete', {}], '*');"""
    )
    host.card.save()
    host.card.asks("Thank you")
    host.hears("ready", "prompted", "saved", "complete")
    assert page.evaluate("caught") == 0


def test_a_frame_without_an_origin_saves_nothing(world: World, stranger: Page) -> None:
    sandbox = 'sandbox="allow-forms"'
    serves(stranger, f"{world.demo}/host", framed(Backend(world).frame(), "ask", sandbox))
    stranger.goto(f"{world.demo}/host")
    card = stranger.frame_locator("[name=ask]")
    expect(card.locator(".ao-title")).to_have_text(LETTER)
    with stranger.expect_response("**/answers") as answered:
        card.get_by_role("button", name="Save").click()
    response: Response = answered.value
    assert (response.status, response.request.all_headers()["origin"]) == (403, "null")


def test_a_ticket_opened_by_itself_shows_nothing_and_stays_good(world: World, page: Page) -> None:
    address = Backend(world).frame()
    opened = page.goto(address)
    assert opened
    assert opened.status == 403
    expect(page.get_by_role("heading")).to_have_text("This form cannot be shown here")
    serves(page, f"{world.demo}/host", framed(address))
    page.goto(f"{world.demo}/host")
    expect(page.frame_locator("[name=ask]").locator(".ao-title")).to_have_text(LETTER)

"""The doctor in a page: it says what only that page's browser knows, and leaves nothing behind."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from demo.askonce import Site, Visitor, read_key
from tests.e2e.conftest import World, axe_violations
from tests.e2e.elements import Backend
from tests.e2e.embeds import VERSIONS
from tests.e2e.hosts import KEY

STRICT = "default-src 'none'; script-src ASK; connect-src ASK"
ELEMENT = """<ask-once site="acme.shop" token-endpoint="/askonce-token"></ask-once>
  <script async src="ASK/embed/1/loader.js"></script>"""


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page that nobody watches: it is sick, and says so in the console."""
    return new_context(locale="en-GB").new_page()


def opened(page: Page, world: World, body: str, policy: str = "") -> Locator:
    """A host's page that begins with the doctor's script, and the panel in it."""
    html = f"""<!doctype html><html lang="en"><head><title>Host</title>
      <script src="ASK/embed/1/doctor.js"></script></head>
      <body><main><h1>Host</h1>{body}</main></body></html>""".replace("ASK", world.askonce)
    headers = {"content-type": "text/html"}
    headers |= {"content-security-policy": policy.replace("ASK", world.askonce)} if policy else {}
    page.route(f"{world.demo}/host", lambda route: route.fulfill(body=html, headers=headers))
    page.goto(f"{world.demo}/host")
    return page.get_by_role("region", name="Askonce doctor")


def mount(world: World, htmx: int, *, audience: str = "", dialect: int = 0) -> str:
    """A mount in a page that lets its htmx talk to Askonce, with an assertion for `audience`."""
    now = int(time.time())
    site = Site("acme.shop", audience or world.askonce, world.demo, read_key(KEY), ())
    token = site.assertion(Visitor(f"sick-{now}", "en", "one sitting", now, now))
    config = '{"selfRequestsOnly":false}' if htmx == 2 else "{}"
    place = f"ASK/v1/sites/acme.shop/fragments/{dialect or htmx}"
    return f"""<meta name="htmx-config" content='{config}'>
      <script src="/static/askonce-host.js" data-askonce="ASK"></script>
      <script src="/static/vendor/htmx-{VERSIONS[htmx]}.min.js"></script>
      <div hx-get="{place}?on=login" hx-trigger="load" hx-headers='{{"Authorization":
        "Bearer {token}"}}' hx-status:4xx="swap:none"></div>"""


def says(panel: Locator, *texts: str) -> None:
    """One thing that was found says all of that."""
    item = panel.get_by_role("listitem")
    for text in texts:
        item = item.filter(has_text=text)
    expect(item).to_have_count(1)


def test_a_policy_that_keeps_the_frame_out_is_said_with_the_line_to_change(
    world: World, page: Page
) -> None:
    panel = opened(page, world, ELEMENT, STRICT)
    refused = f"The page's policy refused {world.askonce}"
    change = f"Content-Security-Policy: frame-src {world.askonce}"
    says(panel, "Wrong", refused, "(frame-src)", change)
    expect(panel.get_by_role("status")).to_contain_text("Wrong: ")


@pytest.mark.parametrize("htmx", [2, 4])
def test_an_assertion_is_read_in_the_page_and_a_sandbox_says_why(
    world: World, page: Page, htmx: int
) -> None:
    panel = opened(page, world, mount(world, htmx, audience="https://old.example"))
    must = f"aud is https://old.example but must be {world.askonce}."
    says(panel, "Wrong", must, f'"aud": "{world.askonce}"')
    says(panel, "Wrong", "askonce-error 401: token_audience")
    says(panel, "Seen", f"htmx {VERSIONS[htmx]} runs in the page.")
    link = panel.get_by_role("link", name="token_audience").first
    expect(link).to_have_attribute("href", f"{world.askonce}/doctor#token_audience")


def test_the_other_version_of_htmx_is_said(world: World, page: Page) -> None:
    panel = opened(page, world, mount(world, 2, dialect=4))
    change = f"{world.askonce}/v1/sites/acme.shop/fragments/2"
    says(panel, "Wrong", "htmx 2.0.11 asks for forms in the dialect of htmx 4.", change)


def test_an_element_without_its_loader_is_said(world: World, page: Page) -> None:
    panel = opened(page, world, '<ask-once site="acme.shop"></ask-once>')
    says(panel, "Wrong", '<ask-once site="acme.shop"> has no loader that runs.')


def test_a_token_endpoint_that_is_none_is_said(world: World, page: Page) -> None:
    body = ELEMENT.replace("/askonce-token", "/no-such-endpoint")
    panel = opened(page, world, body)
    says(panel, "Wrong", "The token endpoint refused")
    says(panel, "Seen", "A frame of Askonce greeted the page.")


def test_an_element_s_assertion_is_read_before_it_is_sent(world: World, page: Page) -> None:
    backend = Backend(world)

    def answer(route: Route) -> None:
        nonce = route.request.headers["x-askonce-nonce"]
        route.fulfill(body=backend.token(nonce, aud="https://old.example", exp=1))

    page.route("**/askonce-token", answer)
    panel = opened(page, world, ELEMENT)
    must = f"aud is https://old.example but must be {world.askonce}."
    says(panel, "Wrong", must, f'"aud": "{world.askonce}"')
    says(panel, "Wrong", "It expired")
    says(panel, "Wrong", "askonce-error 401: token_audience")


def test_a_good_assertion_of_an_element_is_good(world: World, page: Page) -> None:
    page.route("**/askonce-token", Backend(world).answer)
    panel = opened(page, world, ELEMENT)
    says(panel, "Seen", "askonce-prompted")
    says(panel, "Seen", "An assertion of acme.shop for a person.")
    expect(panel.get_by_role("status")).to_have_text("Nothing wrong so far.")


def test_nothing_of_the_page_leaves_it(world: World, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(f"{one.method} {one.url} {one.post_data or ''}"))
    panel = opened(page, world, f'<iframe title="x" src="{world.askonce}/v1/frames/x"></iframe>')
    says(panel, "Seen", "clock")
    ours = {one.strip() for one in asked if world.askonce in one and "/v1/" not in one}
    script, clock = f"GET {world.askonce}/embed/1/doctor.js", f"GET {world.askonce}/doctor/clock"
    assert {one for one in ours if "/doctor" in one} == {script, clock}


def test_it_takes_no_focus_and_goes_without_a_trace(world: World, page: Page) -> None:
    panel = opened(page, world, '<input id="own" autofocus aria-label="Own">')
    expect(panel).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "own"
    names = "Object.keys(window).filter((name) => /doctor|askonce/i.test(name))"
    assert page.evaluate(names) == []
    panel.get_by_role("button", name="Look again").click()
    says(panel, "Seen", "cross-origin isolated")
    panel.get_by_role("button", name="Close").click()
    expect(page.locator("askonce-doctor")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_is_for_everyone(world: World, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    panel = opened(page, world, mount(world, 4, audience="https://old.example"))
    says(panel, "token_audience", "askonce-error")
    assert axe_violations(page) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_for_developers_is_for_everyone(world: World, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(world.askonce + "/doctor#token_audience")
    expect(page.get_by_role("heading", name="token_audience")).to_be_in_viewport()
    assert axe_violations(page) == ""


def test_a_developer_s_page_looks_at_another(world: World, page: Page) -> None:
    page.goto(world.askonce + "/doctor")
    page.get_by_label("Address of the page").fill(world.demo + "/sign-in")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text(re.compile("Nothing in the page's source embeds"))).to_be_visible()
    assert axe_violations(page) == ""

"""Faults: the database away, a proxy's page between, nobody there; nothing typed is ever lost."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import asyncpg
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.conftest import ROOT, World, axe_violations, free_ports, wait_for
from tests.e2e.visiting import Card, Visitor

UNSAVED = "We could not save this yet. Try again."
PLACES: dict[str, tuple[str, Callable[[Visitor], Card]]] = {
    "htmx 2": ("/?htmx=2", lambda visitor: visitor.card("login")),
    "htmx 4": ("/?htmx=4", lambda visitor: visitor.card("login")),
    "frame": ("/plain", lambda visitor: visitor.frame_card),
}
each_place = pytest.mark.parametrize("where", PLACES)


@contextmanager
def database_away(url: str) -> Iterator[None]:
    """Take the database of that address away: its connections end, and no new one is let in."""
    server, _, name = url.rpartition("/")

    async def say(*statements: str) -> None:
        connection = await asyncpg.connect(server + "/postgres")
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    def run(*statements: str) -> None:
        # The browser's driver keeps the loop of this thread.
        with ThreadPoolExecutor(1) as other:
            other.submit(lambda: asyncio.run(say(*statements))).result()

    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', end)
    try:
        yield
    finally:
        run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@each_place
def test_the_database_away_keeps_what_was_typed(
    world_on_postgresql: World, page: Page, where: str
) -> None:
    world, (path, card_of) = world_on_postgresql, PLACES[where]
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", path)
    card = card_of(visitor)
    card.field("Company").fill("Example Ltd")
    card.field("11 to 200").check()
    with database_away(world.database_url):
        card.save()
        expect(card.banner).to_have_text(UNSAVED)
        expect(card.banner).to_be_focused()
        expect(card.field("Company")).to_have_value("Example Ltd")
        expect(card.field("11 to 200")).to_be_checked()
        card.field("Company").fill("Example Lim")
        card.skip()
        expect(card.banner).to_be_focused()  # the focus was on the button
        expect(card.banner).to_have_text(UNSAVED)
        expect(card.field("Company")).to_have_value("Example Lim")
        expect(card.field("11 to 200")).to_be_checked()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    card.field("Company").fill("Example Ltd")
    save_until_it_is_there(card)
    card.asks("One letter a month")
    visitor.goes("/account")
    expect(visitor.card("profile").row("Company")).to_contain_text("Example Ltd")


def save_until_it_is_there(card: Card) -> None:
    """Press Save as a person would, who reads that it was not saved yet."""
    for _ in range(20):
        with card.place.page.expect_response("**/answers") as answered:
            card.save()
        if "askonce-saved" in answered.value.headers.get("hx-trigger", ""):
            return


@each_place
def test_a_form_that_could_not_be_saved_is_for_everyone(
    world_on_postgresql: World, new_context: Callable[..., BrowserContext], where: str
) -> None:
    world, (path, card_of) = world_on_postgresql, PLACES[where]
    page = new_context().new_page()  # watched by nobody: axe brings styles that a policy refuses
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", path)
    card = card_of(visitor)
    card.field("Company").fill("Example Ltd")
    with database_away(world.database_url):
        card.save()
        expect(card.banner).to_be_focused()
        place = page.frames[1] if where == "frame" else page
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert axe_violations(place, ".ao-root") == "", scheme


def test_the_pages_of_a_host_are_whole_without_the_database(
    world_on_postgresql: World, page: Page
) -> None:
    world = world_on_postgresql
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben")
    visitor.card("login").asks("About your work")
    with database_away(world.database_url):
        for path in ("/?htmx=2", "/?htmx=4", "/pricing?htmx=2", "/pricing?htmx=4"):
            visitor.goes(path)
            visitor.hears("error")
            is_whole(page)
            expect(page.locator(".ao-card")).to_have_count(0)
        for path in ("/club", "/plain"):
            visitor.goes(path)
            is_whole(page)
            expect(page.locator("iframe")).to_have_count(0)


def plain_card(world: World, new_context: Callable[..., BrowserContext]) -> Card:
    """Ben's first step in a browser without scripts."""
    visitor = Visitor(new_context(java_script_enabled=False).new_page(), world.demo)
    visitor.arrives("ben", "/plain")
    return visitor.frame_card


def test_without_javascript_the_form_comes_back_with_what_was_typed(
    world_on_postgresql: World, new_context: Callable[..., BrowserContext]
) -> None:
    world, card = world_on_postgresql, plain_card(world_on_postgresql, new_context)
    card.field("Company").fill("Example Ltd")
    with database_away(world.database_url):
        card.save()
        expect(card.banner).to_have_text(UNSAVED)
        expect(card.field("Company")).to_have_value("Example Ltd")
    save_until_it_is_there(card)
    card.asks("One letter a month")


def test_without_javascript_a_skip_that_is_not_kept_leaves_nothing_to_save(
    world_on_postgresql: World, new_context: Callable[..., BrowserContext]
) -> None:
    world, card = world_on_postgresql, plain_card(world_on_postgresql, new_context)
    card.asks("About your work")
    with database_away(world.database_url):
        card.skip()
        expect(card.banner).to_have_text(UNSAVED)
        expect(card.button("Save")).to_have_count(0)
        expect(card.button("Skip for now")).to_be_visible()


@each_place
def test_too_much_text_stays_and_can_be_shortened(world: World, page: Page, where: str) -> None:
    path, card_of = PLACES[where]
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", path)
    card = card_of(visitor)
    pasted = "a word " * 100_000
    card.field("Company").fill(pasted)
    card.field("11 to 200").check()
    card.save()
    expect(card.banner).to_be_focused()
    expect(card.banner).to_have_text("This is too much text. Shorten your answers and save again.")
    assert card.field("Company").input_value() == pasted
    expect(card.field("11 to 200")).to_be_checked()
    card.field("Company").fill("Example Ltd")
    card.save()
    card.asks("One letter a month")
    visitor.goes("/account")
    expect(visitor.card("profile").row("Company")).to_contain_text("Example Ltd")


@each_place
@pytest.mark.parametrize("fault", ["bad gateway", "no answer"])
def test_what_stands_between_us_never_takes_the_form_away(
    world: World, page: Page, where: str, fault: str
) -> None:
    path, card_of = PLACES[where]
    visitor = Visitor(page, world.demo)
    visitor.arrives("ben", path)
    card = card_of(visitor)
    card.field("Company").fill("Example Ltd")
    page.route("**/answers", answer_of(fault))
    with page.expect_event("requestfailed" if fault == "no answer" else "response"):
        card.save()
    expect(card.button("Save")).to_be_enabled()
    expect(card.field("Company")).to_have_value("Example Ltd")
    expect(page.get_by_text("502 Bad Gateway")).to_have_count(0)
    if where == "frame":
        expect(card.banner).to_have_text(UNSAVED)
        expect(card.banner).to_be_focused()
    page.unroute("**/answers")
    card.save()
    card.asks("One letter a month")


def answer_of(fault: str) -> Callable[[Route], None]:
    if fault == "no answer":
        return lambda route: route.abort("connectionreset")
    return lambda route: route.fulfill(status=502, body="<h1>502 Bad Gateway</h1>")


@pytest.fixture
def lonely_demo() -> Iterator[str]:
    """The origin of a demo whose Askonce is stopped."""
    port, nobody = (str(number) for number in free_ports(2))
    command = [sys.executable, "demo/site.py", "--port", port]
    demo = subprocess.Popen([*command, "--askonce", f"http://localhost:{nobody}"], cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/sign-in", demo)
        yield f"http://127.0.0.1:{port}"
    finally:
        demo.terminate()
        demo.wait(timeout=30)


def test_every_page_of_a_host_is_whole_without_askonce(lonely_demo: str, page: Page) -> None:
    visitor = Visitor(page, lonely_demo)
    visitor.arrives("ben")
    for path in ("/?htmx=2", "/?htmx=4", "/pricing?htmx=2", "/pricing?htmx=4", "/account", "/club"):
        visitor.goes(path)
        is_whole(page)
    visitor.goes("/account")
    expect(page.get_by_text("This does not work right now.")).to_be_visible()
    for path in ("/plain", "/plain/pricing", "/plain/account", "/account?shown=frame"):
        visitor.goes(path)
        is_whole(page)
        expect(page.locator("iframe")).to_have_count(0)
    visitor.goes("/")
    page.get_by_role("button", name="Sort the shelf for me").click()
    expect(page.get_by_text("This does not work right now.")).to_be_visible()


def is_whole(page: Page) -> None:
    """Head, content and foot of the host stand, and nothing else does."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("contentinfo")).to_be_visible()
    expect(page.get_by_role("navigation", name="Acme")).to_be_visible()

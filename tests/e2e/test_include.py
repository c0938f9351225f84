"""The form in a host's own page: its server fetches and relays it; the browser knows us not."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.e2e.conftest import ROOT, SECRET, World, axe_violations, free_ports, wait_for, watch
from tests.e2e.test_faults import UNSAVED, database_away
from tests.e2e.visiting import Card, Visitor

LETTER = "/letter"
FORM = {"content-type": "application/x-www-form-urlencoded"}
SHEET = re.compile(r"/embed/(1/fragment|themes/acme\.shop/theme)\.css")
OTHER = "That form was made for somebody else who was signed in here. Nothing was saved."


class Listener:
    """What the letter's page asks for: `strangers` went to Askonce and are no stylesheet."""

    def __init__(self, page: Page, world: World) -> None:
        self._world = world
        self.strangers: list[str] = []
        self.posts: list[str] = []
        page.context.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.method == "POST":
            self.posts.append(request.url)
        here = request.frame.url.startswith(self._world.demo + LETTER)
        if not here or not request.url.startswith(self._world.askonce):
            return
        path = request.url.removeprefix(self._world.askonce)
        if not SHEET.fullmatch(path) or request.method != "GET" or "cookie" in request.headers:
            self.strangers.append(f"{request.method} {request.url}")


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def page(
    request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext], world: World
) -> Iterator[Page]:
    """A page with and without JavaScript, in which Askonce is never spoken to."""
    context = new_context(locale="en-GB", java_script_enabled=request.param)
    page = context.new_page()
    faults, listener = watch(page), Listener(page, world)
    yield page
    assert faults == []
    assert listener.strangers == []


def opened(world: World, page: Page, person: str) -> tuple[Visitor, Card]:
    visitor = Visitor(page, world.demo)
    visitor.arrives(person)
    card = visitor.card("letter")
    for _ in range(5):  # the page goes without Askonce where that takes a second
        visitor.goes(LETTER)
        if card.title.count():
            break
    return visitor, card


def test_two_steps_are_answered_to_the_end(world: World, page: Page) -> None:
    visitor, card = opened(world, page, "eve")
    card.asks("One letter a month")
    card.field("Send me").check()
    card.save()
    card.asks("What shall we show you first?")
    card.field("Lamps").check()
    card.save()
    card.asks("Thank you")
    expect(card.title).to_be_focused()
    visitor.goes(LETTER)
    card.is_empty()
    visitor.goes("/plain/account")
    expect(visitor.frame_card.row("What do you order most?")).to_contain_text("Lamps")


def test_wrong_input_comes_back_with_what_was_typed(world: World, page: Page) -> None:
    visitor, card = opened(world, page, "eve")
    card.skip()
    card.asks("Skipped for now")
    visitor.goes(LETTER)
    card.asks("What shall we show you first?")
    card.field("Lamps").check()
    for part, typed in (("Day", "31"), ("Month", "2")):
        card.field(part).fill(typed)
    with page.expect_response("**/letter") as answered:
        card.save()
    assert answered.value.status == 422
    expect(page).to_have_title("Error: The Acme letter · Acme Shop")
    expect(card.problems).to_be_focused()
    expect(card.field("Lamps")).to_be_checked()
    expect(card.field("Day")).to_have_value("31")
    card.problems.get_by_role("link").click()
    expect(card.field("Day")).to_be_focused()
    card.field("Day").fill("28")
    card.save()
    card.asks("Thank you")


def test_a_reload_posts_nothing_again(world: World, page: Page) -> None:
    _visitor, card = opened(world, page, "eve")
    card.save()
    card.asks("What shall we show you first?")
    sent = Listener(page, world).posts
    page.reload()
    card.asks("What shall we show you first?")
    card.button("Close").click()
    card.is_empty()
    page.reload()
    card.is_empty()
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("person", "title"), [("vera", "Ein Brief im Monat"), ("noor", "رسالة واحدة في الشهر")]
)
def test_the_form_speaks_the_language_of_the_page(
    world: World, page: Page, person: str, title: str
) -> None:
    _visitor, card = opened(world, page, person)
    card.asks(title)
    direction = "rtl" if person == "noor" else "ltr"
    expect(card.title).to_have_css("direction", direction)


def test_a_form_of_another_session_saves_nothing(
    world: World, page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    stranger, planted = opened(world, new_context().new_page(), "kim")
    planted.asks("One letter a month")
    token = planted.place.locator("[name=_t]").first.get_attribute("value")
    visitor, card = opened(world, page, "eve")
    card.asks("One letter a month")
    card.place.locator("[name=_t]").first.evaluate("(one, token) => { one.value = token }", token)
    card.field("Send me").check()
    with page.expect_response("**/letter") as answered:
        card.save()
    assert answered.value.status == 403
    expect(page.get_by_text(OTHER)).to_be_visible()
    card.asks("One letter a month")
    expect(card.field("Send me")).not_to_be_checked()
    for one in (stranger, visitor):
        one.goes("/plain/account")
        expect(one.frame_card.row("The monthly letter")).to_have_count(0)


def test_a_page_of_a_stranger_posts_nothing(world: World, page: Page) -> None:
    visitor, card = opened(world, page, "eve")
    names = ("_t", "_do")
    card.asks("One letter a month")
    fields = [(one, card.place.locator(f"[name={one}]").first.input_value()) for one in names]
    page.context.request.post(world.demo + LETTER, data=urlencode(fields), headers=FORM)
    visitor.goes(LETTER)
    card.asks("One letter a month")


def test_the_form_is_for_everyone_in_the_host_s_page(
    world: World, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(locale="en-GB").new_page()  # watched by nobody: axe brings styles
    _visitor, card = opened(world, page, "noor")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe_violations(page) == "", scheme
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(card.button("إغلاق")).to_be_visible()


def test_the_database_away_keeps_what_was_typed(world_on_postgresql: World, page: Page) -> None:
    world = world_on_postgresql
    _visitor, card = opened(world, page, "eve")
    card.field("Send me").check()
    with database_away(world.database_url):
        with page.expect_response("**/letter") as answered:
            card.save()
        assert answered.value.status == 503
        expect(card.banner).to_have_text(UNSAVED)
        expect(card.banner).to_be_focused()
        expect(card.field("Send me")).to_be_checked()
    save_until_it_is_there(page, card)
    card.asks("What shall we show you first?")


def save_until_it_is_there(page: Page, card: Card) -> None:
    """Press Save as a person would, who reads that it was not saved yet."""
    for _ in range(20):
        with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            card.save()
        if answered.value.status == 303:
            return


@contextmanager
def running(command: list[str], url: str, environment: dict[str, str]) -> Iterator[None]:
    """A process of ours until the block ends, from when it answers at `url`."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)
    try:
        assert wait_for(url, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@dataclass(frozen=True)
class Pair:
    """A demo and an Askonce that comes and goes."""

    directory: Path
    port: int
    demo_port: int
    metrics: int

    @property
    def demo(self) -> str:
        return f"http://127.0.0.1:{self.demo_port}"

    def with_askonce(self) -> AbstractContextManager[None]:
        url = f"http://localhost:{self.port}"
        environment = os.environ | {
            "PORT": str(self.port),
            "ASKONCE_URL": url,
            "ASKONCE_METRICS": f"127.0.0.1:{self.metrics}",
            "ASKONCE_SECRET": SECRET,
            "DATABASE_URL": f"sqlite:///{self.directory / 'askonce.db'}",
        }
        configuration = self.directory / "askonce.yaml"
        written = (ROOT / "demo/askonce.yaml").read_text()
        configuration.write_text(written.replace(":8001", f":{self.demo_port}"))
        serve = ["-m", "app.cli", "serve", "--migrate", "--config", str(configuration)]
        return running(serve, f"{url}/ready", environment)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    pair = Pair(tmp_path, *free_ports(3))
    askonce = f"http://localhost:{pair.port}"
    demo = ["demo/site.py", "--port", str(pair.demo_port), "--askonce", askonce]
    with running(demo, f"{pair.demo}/", dict(os.environ)):
        yield pair


def test_an_askonce_that_goes_and_comes_loses_nothing_that_was_typed(
    pair: Pair, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    visitor = Visitor(page, pair.demo)
    visitor.arrives("eve")
    visitor.goes(LETTER)
    expect(page.get_by_role("heading", level=1)).to_have_text("The Acme letter")
    card = visitor.card("letter")
    card.is_empty()
    with pair.with_askonce():
        visitor.goes(LETTER)
        card.field("Send me").check()
    card.save()
    expect(page.get_by_text("We could not pass your answers on.")).to_be_visible()
    with pair.with_askonce():
        page.get_by_role("button", name="Try again").click()
        card.asks("What shall we show you first?")
        visitor.goes("/plain/account")
        expect(visitor.frame_card.row("The monthly letter")).to_have_count(1)

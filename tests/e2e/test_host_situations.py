"""Every mode in every situation of a host: asked, answered, nothing leaked, nothing changed."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Playwright, Route, expect

from tests.e2e.conftest import CHROMIUM, SYSTEM_CHROMIUM, watch
from tests.e2e.embeds import EMBEDS
from tests.e2e.hosts import HostSite
from tests.e2e.situations import Situation, cells, name_of
from tests.e2e.visiting import Card
from tests.e2e.wire import ANSWER, Wire

STATE = """() => ({
  entries: history.length, state: history.state, path: location.href, title: document.title,
  names: Object.getOwnPropertyNames(window).filter((name) => !/^\\d+$/.test(name)),
  kept: (() => { try { return [{...localStorage}, {...sessionStorage}] } catch {} })(),
  cookies: document.cookie,
  bodies: document.body.children.length, heads: document.head.children.length,
})"""
LOOK = """() => ['', ' *'].flatMap((below) => [...document.querySelectorAll('#host' + below)])
  .filter((one) => one.id !== 'search').map((one) => { const style = getComputedStyle(one);
    return [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`) }).flat()"""
each_cell = pytest.mark.parametrize(
    ("mode", "situation"), cells(), ids=[name_of(*cell) for cell in cells()]
)


@pytest.fixture
def visitor(
    new_context: Callable[..., BrowserContext], refusing_cookies: Callable[[], BrowserContext]
) -> Callable[[Situation], Page]:
    """A page of a new visitor whose browser is as the situation has it."""

    def create(situation: Situation) -> Page:
        if situation.name == "no-cookies":
            return refusing_cookies().new_page()
        return new_context(java_script_enabled=situation.has_scripts).new_page()

    return create


@pytest.fixture
def refusing_cookies(
    playwright: Playwright, tmp_path: Path
) -> Iterator[Callable[[], BrowserContext]]:
    """Starts a browser whose person has refused all cookies in its settings."""
    contexts: list[BrowserContext] = []

    def create() -> BrowserContext:
        settings = tmp_path / "Default" / "Preferences"
        settings.parent.mkdir()
        settings.write_text('{"profile": {"default_content_setting_values": {"cookies": 2}}}')
        executable = SYSTEM_CHROMIUM if SYSTEM_CHROMIUM.exists() else None
        launched = playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=executable, args=CHROMIUM
        )
        contexts.append(launched)
        return launched

    yield create
    for context in contexts:
        context.close()


@each_cell
def test_a_step_is_asked_and_answered(
    host: HostSite, visitor: Callable[[Situation], Page], mode: str, situation: Situation
) -> None:
    page, embed = visitor(situation), EMBEDS[mode]
    faults, wire = watch(page), Wire(page, host, is_relayed=mode == "d")
    address = host.serves(situation.page(embed, host.askonce))
    page.goto(address.replace("?", "/bare?"))
    look = page.evaluate(LOOK)
    if situation.name == "slow-network":
        page.route(f"{host.askonce}/**", late)
    page.goto(address)
    was_so(page, situation)
    if mode == "e":
        page.locator("#go").click()
    card = embed.card(page)
    card.asks("About your work")
    if mode != "e":
        took_nothing(page, situation)
    before = state(page, situation)
    JOURNEYS.get(situation.name, answers)(page, card)
    if mode == "e":
        expect(page).to_have_url(re.compile(rf"{host.origin}/back\?state=host-state&code=[^&]+"))
    else:
        card.asks("Skipped for now")
        assert page.evaluate(LOOK) == look
    if not embed.is_page:
        assert state(page, situation) == before
        # Without a script a browser sends what is pressed twice twice, and it is saved once.
        sent = 2 if situation.has_scripts else wire.posts("answers")
        sent += situation.name == "offline"
        assert (wire.posts("answers"), wire.posts("skips")) == (sent, 1)
    assert faults == []
    assert wire.leaks() == []


def was_so(page: Page, situation: Situation) -> None:
    """It was that situation indeed."""
    facts = page.evaluate("({isIsolated: crossOriginIsolated, cookies: document.cookie})")
    assert facts["isIsolated"] == situation.name.startswith("coep")
    assert (facts["cookies"] == "") == (situation.name == "no-cookies")


def took_nothing(page: Page, situation: Situation) -> None:
    """What came by itself took no focus, moved nothing and was refused nothing."""
    assert page.evaluate("scrollY") == 0
    if situation.has_scripts:
        expect(page.locator("#search")).to_be_focused()
        assert page.evaluate("host.refused") == []


def state(page: Page, situation: Situation) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(STATE)
    # Without a script a browser counts each document of a frame among the pages to go back to.
    return found if situation.has_scripts else {**found, "entries": None}


def answers(page: Page, card: Card) -> None:
    """Wrong first, then right with a double click, and the step that follows is skipped."""
    card.save()
    expect(card.problems).to_be_visible()
    card.field("Company").fill(ANSWER)
    card.button("Save").dblclick()
    card.asks("One letter a month")
    card.skip()


def sees_it_whole(page: Page, card: Card) -> None:
    for control in (card.field("Company"), card.button("Save")):
        box = control.bounding_box()
        assert box
        assert box["height"] >= 40
    answers(page, card)


def stays_in_its_place(page: Page, card: Card) -> None:
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    answers(page, card)
    card.asks("Skipped for now")
    assert asked == []
    expect(page.locator("#elsewhere")).to_be_empty()


def comes_back(page: Page, card: Card) -> None:
    """Rendered again, nothing typed is lost; taken away and mounted again, it asks again."""
    card.field("Company").fill("Half")
    page.locator("#again").click()
    expect(page.locator("[data-count='1']")).to_be_visible()
    expect(card.field("Company")).to_have_value("Half")
    page.locator("#toggle").click()
    expect(page.locator("section")).to_have_count(0)
    page.locator("#toggle").click()
    card.asks("About your work")
    answers(page, card)


def goes_offline(page: Page, card: Card) -> None:
    """What was typed stays, and is saved when the network is there again."""
    card.save()
    expect(card.problems).to_be_visible()
    card.field("Company").fill(ANSWER)
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        card.save()
    expect(card.button("Save")).to_be_enabled()
    expect(card.field("Company")).to_have_value(ANSWER)
    page.context.set_offline(False)
    card.save()
    card.asks("One letter a month")
    card.skip()


def late(route: Route) -> None:
    Event().wait(0.15)  # as a slow network
    route.continue_()


JOURNEYS = {
    "overriding-styles": sees_it_whole,
    "inherited": stays_in_its_place,
    "react": comes_back,
    "vue": comes_back,
    "offline": goes_offline,
}

"""In Firefox: answered, corrected, skipped and edited later, in every mode of a page."""

import re
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.e2e.backends import Person, View
from tests.e2e.bidi import Bidi, firefox, until
from tests.e2e.embeds import EMBEDS
from tests.e2e.firefox import Card, Tab
from tests.e2e.hosts import SECRET, HostSite, Page
from tests.e2e.wire import ANSWER, OWN_COOKIES

each_mode = pytest.mark.parametrize("mode", ["a", "b", "c2", "c4"])
COOKIES = "network.cookie.cookieBehavior"
SCRIPTS = "javascript.enabled"
WITHOUT_SCRIPTS = ["a", "b"]
framed = pytest.mark.parametrize("mode", ["a", "b"])
# What a person may have refused: cookies of others (1), or all (2); scripts.
NOTHING_SET: dict[str, object] = {}
AS_USUAL: dict[str, object] = {COOKIES: None, SCRIPTS: None}
REFUSED: dict[str, dict[str, object]] = {
    "cookies of others": {COOKIES: 1},
    "all cookies": {COOKIES: 2},
}
Opener = Callable[..., Tab]


@pytest.fixture(scope="session")
def bidi() -> Iterator[Bidi]:
    """One browser per worker."""
    with firefox() as bidi:
        yield bidi


@pytest.fixture
def new_tab(bidi: Bidi) -> Iterator[Opener]:
    """Opens a tab of a new visitor with these preferences. Errors of scripts fail the test."""
    tabs: list[Tab] = []

    def create(preferences: Mapping[str, object] = NOTHING_SET) -> Tab:
        bidi.prefer({**AS_USUAL, **preferences})
        tabs.append(Tab.of(bidi, has_scripts=SCRIPTS not in preferences))
        return tabs[-1]

    yield create
    errors = [error for tab in tabs for error in tab.errors()]
    for tab in tabs:
        tab.leaves()
    bidi.prefer(AS_USUAL)
    assert errors == []


def opened(host: HostSite, tab: Tab, mode: str, person: Person, view: View = "step") -> Card:
    """The card in that person's page."""
    embed = EMBEDS[mode]
    mount = embed.mount if tab.has_scripts else embed.plain or embed.mount
    page = Page(lambda person: mount(person, view), head=embed.head(host.askonce))
    tab.goes(host.serves(page, person))
    return Card(tab, "html" if embed.is_framed else "#mount", embed.is_framed)


def answers(card: Card, *, clicks: int = 2) -> None:
    """Wrong first, then right, and the step that follows is skipped."""
    card.asks("About your work")
    card.presses("Save")
    card.shows("There is a problem", ".ao-error-summary")
    card.fills("Company", ANSWER)
    card.presses("Save", times=clicks)
    card.asks("One letter a month")
    card.presses("Skip for now")
    card.asks("Skipped for now")


def keeps_to_itself(tab: Tab, host: HostSite, cookies: str = "") -> None:
    """No request to Askonce holds what only the host or only an answer may hold; nor cookies."""
    sent = [one for one in tab.sent() if one["url"].startswith(host.askonce)]
    actions = [one["url"].rpartition("/")[2] for one in sent if one["method"] == "POST"]
    assert (actions.count("answers"), actions.count("skips")) == (2, 1)
    for one in sent:
        headers = {said["name"].lower(): said["value"]["value"] for said in one["headers"]}
        assert re.fullmatch(cookies, headers.get("cookie", ""))
        assert headers.get("referer", "").removesuffix("/") in ("", host.origin, host.askonce)
        assert not any(word in str((one["url"], headers)) for word in (SECRET, ANSWER, "@"))


@each_mode
def test_a_step_is_corrected_and_answered_once(host: HostSite, new_tab: Opener, mode: str) -> None:
    tab = new_tab()
    card = opened(host, tab, mode, host.newcomer())
    card.asks("About your work")
    assert tab.asks("() => document.activeElement.id") == "search"
    before = tab.asks("() => [location.href, history.length, history.state]")
    answers(card)
    assert tab.asks("() => [location.href, history.length, history.state]") == before
    keeps_to_itself(tab, host, cookies=OWN_COOKIES)


@each_mode
def test_what_is_wrong_takes_the_focus_and_leads_to_the_field(
    host: HostSite, new_tab: Opener, mode: str
) -> None:
    card = opened(host, new_tab(), mode, host.newcomer())
    card.asks("About your work")
    card.fills("Website", "not an address")
    card.presses("Save")
    card.has_focus(".ao-error-summary")
    card.holds("Website", "not an address")
    card.presses_problem("company")
    card.has_focus("[aria-invalid=true][autocomplete=organization]")


@each_mode
def test_a_skipped_step_rests(host: HostSite, new_tab: Opener, mode: str) -> None:
    tab, person = new_tab(), host.newcomer()
    card = opened(host, tab, mode, person)
    card.asks("About your work")
    card.shows("You can skip this")
    card.presses("Skip for now")
    card.asks("Skipped for now")
    letter = opened(host, tab, mode, person)
    letter.asks("One letter a month")
    letter.presses("Skip for now")
    letter.asks("Skipped for now")
    opened(host, tab, mode, person)
    if mode == "b":
        assert tab.asks("() => frames.length") == 0
    else:
        told = "() => host.told.map((one) => one.name)"
        until(lambda: "nothing" in tab.asks(told), "askonce-nothing")
        assert "prompted" not in tab.asks(told)
        place = "ask-once" if mode == "a" else "#mount"
        assert tab.asks(f"() => document.querySelector('{place}').offsetHeight") == 0


@each_mode
def test_an_answer_is_edited_later(host: HostSite, new_tab: Opener, mode: str) -> None:
    tab, person = new_tab(), host.newcomer()
    answers(opened(host, tab, mode, person))
    editor = opened(host, tab, mode, person, "profile")
    editor.asks("Your answers")
    editor.edits("Company")
    editor.asks("Change your answer")
    editor.has_focus(".ao-title")
    editor.holds("Company", ANSWER)
    editor.fills("Company", "x" * 101)
    editor.presses("Save")
    editor.has_focus(".ao-error-summary")
    editor.fills("Company", "Other Ltd")
    editor.presses("Save")
    editor.shows("Your change is saved.", ".ao-notice-banner")
    editor.shows("Other Ltd")


@each_mode
@pytest.mark.parametrize("refused", REFUSED)
def test_refused_cookies_change_nothing(
    host: HostSite, new_tab: Opener, mode: str, refused: str
) -> None:
    tab = new_tab(REFUSED[refused])
    answers(opened(host, tab, mode, host.newcomer()))
    keeps_to_itself(tab, host)


# A page that the browser keeps while somebody is elsewhere, as it does by itself.


def leaves_and_returns(host: HostSite, tab: Tab) -> None:
    tab.asks(
        "() => { window.wasKept = null; addEventListener('pageshow', (event) => {"
        " window.wasKept = event.persisted }) }"
    )
    tab.goes(f"{host.origin}/back")
    tab.returns()
    until(lambda: tab.asks("() => window.wasKept"), "the page as it was")


@framed
def test_what_was_answered_elsewhere_is_not_asked_again(
    host: HostSite, new_tab: Opener, mode: str
) -> None:
    tab, person = new_tab(), host.newcomer()
    card = opened(host, tab, mode, person)
    card.asks("About your work")
    elsewhere = opened(host, new_tab(), mode, person)
    elsewhere.asks("About your work")
    elsewhere.fills("Company", ANSWER)
    elsewhere.presses("Save")
    elsewhere.asks("One letter a month")
    leaves_and_returns(host, tab)
    card.asks("One letter a month")


@framed
def test_what_somebody_has_typed_is_still_there(host: HostSite, new_tab: Opener, mode: str) -> None:
    tab = new_tab()
    card = opened(host, tab, mode, host.newcomer())
    card.asks("About your work")
    card.fills("Company", ANSWER)
    leaves_and_returns(host, tab)
    card.holds("Company", ANSWER)
    card.presses("Save")
    card.asks("One letter a month")


@pytest.mark.parametrize("mode", WITHOUT_SCRIPTS)
@pytest.mark.parametrize("refused", REFUSED)
def test_without_javascript_a_step_is_answered_and_edited(
    host: HostSite, new_tab: Opener, mode: str, refused: str
) -> None:
    tab, person = new_tab({SCRIPTS: False, **REFUSED[refused]}), host.newcomer()
    answers(opened(host, tab, mode, person), clicks=1)
    keeps_to_itself(tab, host)
    editor = opened(host, tab, mode, person, "profile")
    editor.edits("Company")
    editor.asks("Change your answer")
    editor.fills("Company", "Other Ltd")
    editor.presses("Save")
    editor.shows("Your change is saved.", ".ao-notice-banner")
    editor.shows("Other Ltd")

"""All five modes on one page of the demo: whichever is answered, the others ask no more."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import World, axe_violations, watch
from tests.e2e.visiting import Card, Visitor

MODES = "/modes"
ASKS = {
    "en": "What shall we show you first?",
    "ar": "ماذا نعرض لك أولًا؟",
}
KNOWN = {
    "en": "Nothing to ask here. We know it already.",
    "ar": "لا شيء نسأل عنه هنا. نعرف ذلك من قبل.",
}
THANKS = "Thank you"
WITHOUT_SCRIPT = "bde"
each_mode = pytest.mark.parametrize("mode", "abcde")


class Five:
    """The page, and somebody who looks at it; `e` stands on a page of its own."""

    def __init__(self, page: Page, world: World, language: str = "en") -> None:
        self.page = page
        self.language = language
        self._visitor = Visitor(page, world.demo)

    def opens(self, shown: str = "abcd") -> None:
        self._visitor.arrives({"en": "eve", "ar": "noor"}[self.language], MODES)
        for _ in range(5):  # the page goes without Askonce where that takes a second
            if self.card("d").title.count() and self.place("b").locator("iframe").count():
                break
            self.page.reload()
        for mode in shown:
            self.card(mode).asks(ASKS[self.language])

    def place(self, mode: str) -> Locator:
        return self.page.locator(f"#mode-{mode}")

    def card(self, mode: str) -> Card:
        """What asks in that mode."""
        framed = {"a": "#ask-element iframe", "b": "#mode-b iframe"}
        if mode in framed:
            return Card(self.page.frame_locator(framed[mode]).locator("html"))
        mounts = {"c": "#ask-page", "d": "#ask-modes", "e": "html"}
        return Card(self.page.locator(mounts[mode]))

    def goes_to_the_page_of_its_own(self) -> None:
        self.place("e").locator(".button").click()

    def answers(self, mode: str) -> None:
        if mode == "e":
            self.goes_to_the_page_of_its_own()
            self.card(mode).asks(ASKS[self.language])
        card = self.card(mode)
        card.place.get_by_role("checkbox").nth(2).check()
        card.place.locator(".ao-buttons-save").click()

    def is_thanked(self, mode: str) -> None:
        if mode == "e":
            expect(self.place(mode).get_by_role("status")).to_have_text(
                "Thank you, that is all we need."
            )
        else:
            self.card(mode).asks(THANKS)

    def is_silent(self, modes: str = "abcd") -> None:
        for mode in modes:
            expect(self.place(mode).get_by_text(KNOWN[self.language]).first).to_be_visible()
            expect(self.place(mode).locator(".ao-card")).to_have_count(0)
            expect(self.place(mode).locator("iframe:visible")).to_have_count(0)


@pytest.fixture
def five(world: World, page: Page) -> Five:
    return Five(page, world)


@each_mode
def test_whichever_is_answered_none_asks_again(five: Five, mode: str) -> None:
    five.opens()
    five.answers(mode)
    five.is_thanked(mode)
    five.page.goto(five.page.url)
    five.is_silent()
    five.goes_to_the_page_of_its_own()
    expect(five.place("e").get_by_role("status")).to_have_text(KNOWN["en"])


def test_one_question_skipped_in_a_frame_rests_everywhere(five: Five) -> None:
    five.opens()
    five.card("b").skip()
    five.card("b").asks("Skipped for now")
    five.page.reload()
    five.is_silent()


@pytest.mark.parametrize("mode", WITHOUT_SCRIPT)
def test_three_of_them_need_no_script(
    world: World, new_context: Callable[..., BrowserContext], mode: str
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    faults = watch(page)
    five = Five(page, world)
    five.opens("bd")
    expect(page.get_by_text("Without JavaScript the element keeps")).to_be_visible()
    expect(page.get_by_role("button", name="In a dialog")).not_to_be_visible()
    five.answers(mode)
    five.is_thanked(mode)
    page.goto(page.url)
    five.is_silent("bd")
    assert faults == []


@pytest.mark.parametrize("display", ["dialog", "banner"])
def test_a_press_asks_above_the_page(five: Five, display: str) -> None:
    five.opens()
    press = five.page.locator(f"[data-askonce-by=ask-{display}]")
    press.click()
    card = Card(five.page.frame_locator(f"#ask-{display} iframe").locator("html"))
    card.asks(ASKS["en"])
    expect(card.title).to_be_focused()
    card.field("Lamps").check()
    card.save()
    card.button("Close").click()
    expect(five.page.locator(f"#ask-{display} iframe")).not_to_be_visible()
    five.page.reload()
    five.is_silent()
    press.click()
    note = five.page.locator(f"[data-of=ask-{display}][data-when=nothing]")
    expect(note).to_be_visible()


def test_the_page_hears_of_the_element_and_of_htmx_and_of_no_other(five: Five) -> None:
    five.opens()
    hears = five.page.locator("[data-hears] li")
    expect(hears.get_by_text("askonce-prompted")).to_have_count(2)
    five.answers("d")
    five.is_thanked("d")
    expect(hears.get_by_text("askonce-nothing")).to_have_count(2)
    expect(hears.get_by_text("askonce-prompted")).to_have_count(0)


def test_wrong_input_in_the_form_of_our_server_keeps_the_others(five: Five) -> None:
    five.opens()
    card = five.card("d")
    for part, typed in (("Day", "31"), ("Month", "2")):
        card.field(part).fill(typed)
    with five.page.expect_response("**/modes") as answered:
        card.save()
    assert answered.value.status == 422
    expect(card.problems).to_be_focused()
    for mode in "abc":
        five.card(mode).asks(ASKS["en"])


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wider_than_a_narrow_window(
    world: World, new_context: Callable[..., BrowserContext], language: str
) -> None:
    page = new_context(viewport={"width": 320, "height": 700}).new_page()
    five = Five(page, world, language)
    five.opens()
    for mode in "abcde":
        five.place(mode).scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    five.answers("a")
    expect(five.card("a").title).to_be_focused()
    page.reload()
    five.is_silent()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_is_for_everyone(
    world: World, new_context: Callable[..., BrowserContext], language: str, scheme: str
) -> None:
    page = new_context(color_scheme=scheme).new_page()
    five = Five(page, world, language)
    five.opens()
    # Part by part: the same step stands twice in one document, with the name of its region.
    for part in ("header", ".hero", *(f"#mode-{mode}" for mode in "abcde"), "footer", ".hears"):
        assert axe_violations(page.main_frame, part) == "", part
    for frame in page.frames[1:]:
        assert axe_violations(frame) == "", frame.url


def test_a_host_lets_in_no_more_than_it_needs(five: Five) -> None:
    five.opens()
    answer = five.page.request.get(five.page.url)
    rules = dict(
        rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; ")
    )
    origin = str(five.page.locator("script[integrity]").get_attribute("src")).split("/embed")[0]
    assert rules["script-src"] == f"'self' {origin}/embed/1.0.0/loader.js"
    assert rules["frame-src"] == origin


# The token endpoint


@pytest.mark.parametrize(
    ("signed_in", "nonce", "site", "status"),
    [
        (True, "a-nonce-of-a-frame-0123", "shop", 200),
        (True, None, "shop", 400),
        (False, "a-nonce-of-a-frame-0123", "shop", 401),
        (True, "a-nonce-of-a-frame-0123", "nobody", 404),
    ],
)
def test_the_token_endpoint_wants_a_nonce_and_somebody_signed_in(
    world: World, page: Page, signed_in: bool, nonce: str | None, site: str, status: int
) -> None:
    if signed_in:
        Visitor(page, world.demo).arrives("eve")
    headers = {"X-Askonce-Nonce": nonce} if nonce else {}
    place = f"{world.demo}/askonce-element-token/{site}"
    answer = page.request.post(place, headers=headers)
    assert answer.status == status
    assert bool(answer.text().count(".") == 2) is (status == 200)

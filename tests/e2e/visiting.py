"""Visiting: a person of the demo, signed in, and the card that Askonce shows them."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

expect.set_options(timeout=30_000)  # a busy machine is no fault
FRAME = ".ask-frame"
each_htmx = pytest.mark.parametrize("htmx", [2, 4])


@dataclass(frozen=True, slots=True)
class Card:
    """What Askonce shows: `place` is the mount in the host's page, or the frame's document."""

    place: Locator

    @property
    def title(self) -> Locator:
        return self.place.locator(".ao-title")

    @property
    def status(self) -> Locator:
        return self.place.locator(".ao-status")

    @property
    def problems(self) -> Locator:
        return self.place.locator(".ao-error-summary")

    @property
    def banner(self) -> Locator:
        return self.place.locator(".ao-notice-banner")

    def field(self, label: str) -> Locator:
        """The control of that label; "(optional)" need not be said."""
        return self.place.get_by_label(label, exact=False)

    def button(self, name: str) -> Locator:
        return self.place.get_by_role("button", name=name, exact=True)

    def row(self, label: str) -> Locator:
        """An answer in the list of the editor."""
        heading = self.place.page.get_by_role("heading", name=label, exact=True)
        return self.place.locator(".ao-answer-row").filter(has=heading)

    def asks(self, title: str) -> None:
        expect(self.title).to_have_text(title)

    def is_empty(self) -> None:
        expect(self.place.locator(".ao-card")).to_have_count(0)

    def save(self) -> None:
        self.button("Save").click()

    def skip(self) -> None:
        self.button("Skip for now").click()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the demo; `demo` is its origin. Every visitor is new: no test meets another's."""

    page: Page
    demo: str

    def arrives(self, person: str, path: str = "") -> None:
        """Sign in as one of the six, who has told nothing yet, and open a page."""
        self.page.goto(self.demo + "/sign-in")
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Start afresh").click()
        entry = self.page.locator("li", has=self.page.locator(f"[name=person][value={person}]"))
        entry.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_text("You are")).to_be_visible()
        if path:
            self.goes(path)

    def goes(self, path: str) -> None:
        self.page.goto(self.demo + path)

    def signs_in_again(self) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Sign in again").click()

    def lets_pass(self, words: str) -> None:
        """Turn the demo's clock: "A day later", "A week later", "A month later"."""
        self.page.locator(".later summary").click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words).click()

    def hears(self, name: str, times: int = 1) -> None:
        """The page has heard that event of Askonce's so often."""
        told = self.page.locator("[data-hears] code").get_by_text(f"askonce-{name}", exact=True)
        expect(told).to_have_count(times)

    def card(self, name: str) -> Card:
        """The mount of that name: login, page, interests, plan, profile."""
        return Card(self.page.locator(f"#ask-{name}"))

    @property
    def frame_card(self) -> Card:
        """The document in the frame."""
        return Card(self.page.frame_locator(FRAME).locator("html"))


def posts(page: Page, action: str) -> list[str]:
    """The list that will hold the address of every POST to `/…/action` of Askonce."""
    sent: list[str] = []

    def note(url: str, method: str) -> None:
        if method == "POST" and url.endswith(f"/{action}"):
            sent.append(url)

    page.on("request", lambda request: note(request.url, request.method))
    return sent

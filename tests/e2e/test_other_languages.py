"""Other languages: Arabic from right to left with its digits, German, each in page and frame."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.lib.i18n import gettext, use_locale
from tests.e2e.conftest import World
from tests.e2e.visiting import Card, Visitor, each_htmx


def said(locale: str, text: str) -> str:
    """A text of ours in that language; one that is not translated would be English."""
    with use_locale(locale):
        translated = gettext(text)
    assert translated != text
    return translated


def left(one: Locator) -> float:
    box = one.bounding_box()
    assert box
    return box["x"]


def right(one: Locator) -> float:
    box = one.bounding_box()
    assert box
    return box["x"] + box["width"]


def is_mirrored(card: Card) -> None:
    """The close button stands at the left edge, Save right of Skip, the title at the right."""
    save = card.button(said("ar", "Save"))
    skip = card.button(said("ar", "Skip for now"))
    close = card.button(said("ar", "Close"))
    assert left(close) < left(skip) < left(save)
    assert right(save) == pytest.approx(right(card.place.locator("select").last), abs=2)
    assert card.title.evaluate("one => getComputedStyle(one).textAlign") in ("start", "right")
    assert card.title.evaluate("one => getComputedStyle(one).direction") == "rtl"


@each_htmx
def test_arabic_runs_from_right_to_left_and_takes_its_digits(
    world: World, page: Page, htmx: int
) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("noor", f"/pricing?htmx={htmx}")
    card = visitor.card("page")
    card.asks("سعر يناسب مكتبك")
    expect(card.place.locator(".ao-prompt")).to_have_attribute("dir", "rtl")
    expect(card.place.locator(".ao-prompt")).to_have_attribute("lang", "ar")
    is_mirrored(card)
    card.field("كم مكتبًا").fill("كثير")
    card.button(said("ar", "Save")).click()
    expect(card.problems).to_be_focused()
    expect(card.problems).to_contain_text(said("ar", "There is a problem"))
    expect(card.problems.get_by_role("link")).to_have_count(2)
    assert not re.search("[A-Za-z]", card.problems.inner_text())
    card.field("كم مكتبًا").fill("١٢")
    card.field("إلى أين نوصل").select_option("DE")
    card.button(said("ar", "Save")).click()
    expect(card.place).to_contain_text("الأسعار هنا")
    visitor.goes("/account")
    row = visitor.card("profile").place.locator(".ao-answer-row", has_text="كم مكتبًا")
    expect(row).to_contain_text(re.compile("12|١٢"))
    expect(visitor.card("profile").place).to_contain_text("ألمانيا")


def test_a_frame_is_arabic_too(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("noor", "/plain/pricing")
    card = visitor.frame_card
    card.asks("سعر يناسب مكتبك")
    expect(card.place).to_have_attribute("dir", "rtl")
    expect(card.place).to_have_attribute("lang", "ar")
    is_mirrored(card)
    card.button(said("ar", "Skip for now")).click()
    card.asks(said("ar", "Skipped for now"))


@each_htmx
def test_german_speaks_german(world: World, page: Page, htmx: int) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("vera", f"/?htmx={htmx}")
    card = visitor.card("login")
    card.asks("Über Ihre Arbeit")
    expect(card.place).to_contain_text("noch 3-mal")
    card.button(said("de", "Save")).click()
    expect(card.problems).to_contain_text(said("de", "There is a problem"))
    card.field("Unternehmen").fill("Beispiel GmbH")
    card.field("1 bis 10").check()
    card.button(said("de", "Save")).click()
    card.asks("Ein Brief im Monat")
    visitor.goes("/account")
    row = visitor.card("profile").place.locator(".ao-answer-row", has_text="Unternehmen")
    expect(row).to_contain_text("Beispiel GmbH")
    expect(row.get_by_role("button")).to_have_text(said("de", "Edit"))


def test_a_german_s_numbers_are_read_as_german(world: World, page: Page) -> None:
    visitor = Visitor(page, world.demo)
    visitor.arrives("vera", "/pricing")
    card = visitor.card("page")
    card.field("Um wie viele Schreibtische").fill("1.200")
    card.field("Wohin dürfen wir liefern?").select_option(label="Österreich")
    card.button(said("de", "Save")).click()
    card.asks(said("de", "Thank you"))
    visitor.goes("/account")
    row = visitor.card("profile").place.locator(".ao-answer-row", has_text="Schreibtische")
    expect(row).to_contain_text("1.200")

"""Every example of every component, light and dark, left to right and right to left: for everyone.

The gallery's own handlers answer the browser's requests: no port, and no database.
"""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import BrowserContext, Locator, Page, Route

from app.widget.gallery import gallery

ORIGIN = "http://gallery.example"
THEMES = ["light", "dark"]
LOCALES = ["en", "ar"]
NARROW = 320
each_theme = pytest.mark.parametrize("theme", THEMES)
each_locale = pytest.mark.parametrize("locale", LOCALES)
Opened = Callable[..., Page]

# What is smaller than a finger, or wider than the window.
SMALL = """() => [...document.querySelectorAll(
  '.gallery-example :is(button, select, textarea, label:has(input), input:not(label input))')]
  .map(one => [one.className, one.getBoundingClientRect()])
  .filter(([name, box]) => box.height && (box.height < 43.9 || box.width < 43.9))
  .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
CONTRAST = """(selector) => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const luminance = (color) => { const [r, g, b] = [...rgb(color)].slice(0, 3).map((c) =>
    (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const one = document.querySelector(selector), style = getComputedStyle(one);
  const card = getComputedStyle(one.closest('.ao-card')).backgroundColor;
  const edge = one.matches(':focus-visible') ? style.outlineColor : style.borderTopColor;
  const [low, high] = [luminance(card), luminance(edge)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05); }"""


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar([gallery])) as client:
        yield client


@pytest.fixture
def opened(
    client: TestClient[Litestar], new_context: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    """Opens the gallery; options are those of a context."""

    def answer(route: Route) -> None:
        answered = client.get(route.request.url.removeprefix(ORIGIN))
        headers = dict(answered.headers)
        route.fulfill(status=answered.status_code, headers=headers, body=answered.content)

    def create(locale: str = "en", theme: str = "auto", **options: object) -> Page:
        page = new_context(**options).new_page()
        page.route(f"{ORIGIN}/**", answer)
        page.goto(f"{ORIGIN}/gallery?locale={locale}&theme={theme}")
        return page

    return create


@each_theme
@each_locale
def test_axe_finds_nothing(opened: Opened, locale: str, theme: str) -> None:
    found = Axe().run(opened(locale, color_scheme=theme))
    assert found.violations_count == 0, found.generate_report()


@each_theme
def test_a_theme_can_be_forced_against_the_reader_s_own(opened: Opened, theme: str) -> None:
    other = next(one for one in THEMES if one != theme)
    forced = surface(opened(theme=theme, color_scheme=other))
    assert forced == surface(opened(color_scheme=theme)) != surface(opened(color_scheme=other))


def surface(page: Page) -> object:
    return page.eval_on_selector(".ao-card", "one => getComputedStyle(one).backgroundColor")


@each_locale
@pytest.mark.parametrize("width", [NARROW, 1280])
def test_everything_to_press_is_as_large_as_a_finger(
    opened: Opened, locale: str, width: int
) -> None:
    page = opened(locale, viewport={"width": width, "height": 900})
    assert page.evaluate(SMALL) == []


@each_locale
def test_a_narrow_window_does_not_scroll_sideways(opened: Opened, locale: str) -> None:
    page = opened(locale, viewport={"width": NARROW, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW


@each_theme
def test_edges_of_controls_and_the_focus_stand_out(opened: Opened, theme: str) -> None:
    page = opened(color_scheme=theme)
    assert page.evaluate(CONTRAST, "#step-asking .ao-control") >= 3
    page.locator("#step-asking .ao-control").first.focus()
    assert page.evaluate(CONTRAST, "#step-asking .ao-control:focus-visible") >= 3


def test_a_step_can_be_walked_with_the_keyboard(opened: Opened) -> None:
    page = opened()
    page.locator("#step-asking .ao-title").focus()
    walked = []
    for _ in range(7):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.name || document.activeElement.type"))
    assert walked == ["company", "title", "email", "country", "submit", "_skip", "_dismiss"]


def test_saving_keeps_the_size_of_the_button(opened: Opened) -> None:
    page = opened()
    resting, saving = (
        page.locator(f"#{name}").get_by_role("button", name=said, exact=True)
        for name, said in (("step-asking", "Save"), ("step-saving", "Saving…"))
    )
    saving.wait_for()
    assert size(resting) == size(saving)


def size(button: Locator) -> tuple[float, float]:
    box = button.bounding_box()
    assert box
    return box["width"], box["height"]


def test_forced_colours_keep_every_edge(opened: Opened) -> None:
    page = opened(forced_colors="active")
    for selector in (".ao-control", ".ao-select", ".ao-buttons-save", ".ao-choice"):
        edge = page.eval_on_selector(
            f".ao-card {selector}", "one => getComputedStyle(one).borderTopStyle"
        )
        assert edge == "solid"

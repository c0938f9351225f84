"""Mode c: whatever a host's own sheet does, a fragment in its page looks the same."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from app.lib.i18n import direction, use_locale
from app.lib.stylesheets import source
from app.lib.templates import environment
from app.widget.gallery import components

HOSTS = {
    "unset": "*, *::before, *::after { all: unset !important }",
    "initial": "* { all: initial !important }",
    "ids": "#mount#mount * { color: red !important; font: 9px serif !important; float: left"
    " !important; display: inline !important; padding: 9px !important; position: static"
    " !important; direction: rtl !important; background: yellow !important }",
    "reset": "* { margin: 0; padding: 0; border: 0; font: inherit; appearance: none }"
    " button, input { all: unset } ul { list-style: square }",
    "inherited": "html { font-size: 62.5% } body { font: italic 700 30px/3 cursive; color: pink;"
    " text-align: right; letter-spacing: 1px; text-transform: uppercase; direction: rtl;"
    " white-space: nowrap; word-spacing: 1em; visibility: hidden; cursor: wait }",
    "elements": "form { display: flex !important } input { inline-size: 50px !important }"
    " h2 { font-size: 80px !important } p { display: none !important } label { float: left"
    " !important } button { position: absolute !important; transform: scale(2) !important }",
}
# Every computed property of one element of each class of ours, and of what is generated before
# and after it.
LOOK = """() => {
  const found = [...document.querySelectorAll('.ao-root, .ao-root *')];
  const kinds = new Map(found.map((one) => [one.tagName + one.className, one]));
  const look = (style) => [...style].filter((name) => !name.startsWith('--'))
    .map((name) => `${name}: ${style.getPropertyValue(name)}`);
  return [...kinds].flatMap(([kind, one]) => [null, '::before', '::after'].map((part) =>
    [kind, part, ...look(getComputedStyle(one, part))].join('; '))); }"""
Opened = Callable[..., Page]


def fragment(locale: str) -> str:
    template = environment().get_template("app/widget/gallery_example.html")
    wanted = {"step-with-problems", "step-every-control", "notice-thanks", "answer_row-answered"}
    shown = [one for component in components(locale) for one in component.examples]
    with use_locale(locale):
        cards = [template.render(example=one) for one in shown if one.id in wanted]
    return (
        f'<div class="ao-root" lang="{locale}" dir="{direction(locale)}">{"".join(cards)}'
        f"<form hidden></form></div>"
    )


@pytest.fixture
def opened(new_context: Callable[..., BrowserContext]) -> Opened:
    """Opens a host's page with its sheet, ours, and a fragment."""

    def create(host: str, locale: str = "en", scheme: str = "light") -> Page:
        page = new_context(color_scheme=scheme).new_page()
        page.set_content(
            f"<!doctype html><html><head><style>{host}</style>"
            f"<style>{source('fragment')}</style></head>"
            f'<body><div id="mount" style="display: block !important; inline-size: 600px'
            f' !important; float: none !important; padding: 0 !important">{fragment(locale)}'
            f"</div></body></html>"
        )
        return page

    return create


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_no_rule_of_a_host_reaches_us(opened: Opened, locale: str) -> None:
    page = opened("", locale)
    alone = page.evaluate(LOOK)
    assert len(alone) > 100
    for name, host in HOSTS.items():
        page.eval_on_selector("style", "(sheet, text) => sheet.textContent = text", host)
        changed = [(a, b) for a, b in zip(alone, page.evaluate(LOOK), strict=True) if a != b]
        assert changed[:1] == [], name


def test_what_is_hidden_stays_hidden(opened: Opened) -> None:
    page = opened("form { display: block !important }")
    assert page.eval_on_selector("form[hidden]", "one => getComputedStyle(one).display") == "none"


@pytest.mark.parametrize("dir", ["ltr", "rtl", "auto"])
def test_a_direction_is_what_its_attribute_says(opened: Opened, dir: str) -> None:
    page = opened("* { direction: rtl !important }")
    wanted = {"ltr": "ltr", "rtl": "rtl", "auto": "ltr"}[dir]
    page.locator(".ao-card .ao-text").first.evaluate(f"one => one.dir = '{dir}'")
    look = "one => getComputedStyle(one).direction"
    assert page.locator(".ao-card .ao-text").first.evaluate(look) == wanted


def test_the_tokens_of_a_host_reach_us(opened: Opened) -> None:
    page = opened(":root { --ao-accent: rgb(0, 128, 0); --ao-radius: 0px }")
    save = "one => { const s = getComputedStyle(one); return [s.backgroundColor, s.borderRadius] }"
    assert page.eval_on_selector(".ao-buttons-save", save) == ["rgb(0, 128, 0)", "0px"]


@pytest.mark.parametrize(
    ("host", "dark"), [("", False), (":root { color-scheme: light dark }", True)]
)
def test_a_fragment_is_dark_where_its_host_can_be(opened: Opened, host: str, dark: bool) -> None:
    page = opened(host, scheme="dark")
    surface = page.eval_on_selector(".ao-card", "one => getComputedStyle(one).backgroundColor")
    assert (surface != "rgb(255, 255, 255)") is dark

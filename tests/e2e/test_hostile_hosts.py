"""Hostile hosts: what they write above our forms is inherited by everything but our forms."""

import pytest
from playwright.sync_api import Dialog, Page, Request, expect

from tests.e2e.conftest import World
from tests.e2e.hosts import Host
from tests.e2e.visiting import Card, each_htmx

SECRET = "host-secret"
INHERITED = {
    "hx-headers": f'{{"X-CSRFToken": "{SECRET}"}}',
    "hx-vals": f'{{"csrf": "{SECRET}"}}',
    "hx-include": "#host-form",
    "hx-target": "#elsewhere",
    "hx-swap": "beforeend",
    "hx-select": "#nothing",
    "hx-boost": "true",
    "hx-push-url": "true",
    "hx-confirm": "Really?",
    "hx-indicator": "#elsewhere",
    "hx-sync": "body:replace",
}
ELSEWHERE = f"""<form id="host-form"><input name="hidden_secret" value="{SECRET}"></form>
  {{mount}}<div id="elsewhere"></div>"""
SHEETS = {
    "unset": "*, *::before, *::after { all: unset !important }",
    "ids": "#mount#mount * { float: left !important; position: static !important;"
    " font: 3px serif !important; padding: 0 !important; pointer-events: none !important }",
}


def above(htmx: int) -> str:
    """The attributes of a body, as each version inherits them."""
    suffix = "" if htmx == 2 else ":inherited"
    return " ".join(f"{name}{suffix}='{value}'" for name, value in INHERITED.items())


def answers(card: Card) -> None:
    card.asks("About your work")
    card.save()
    expect(card.problems).to_be_visible()
    card.field("Company").fill("Example Ltd")
    card.button("Save").dblclick()
    card.asks("One letter a month")
    card.skip()
    card.asks("Skipped for now")


@each_htmx
def test_what_a_body_hands_down_reaches_no_form_of_ours(
    world: World, page: Page, htmx: int
) -> None:
    sent: list[Request] = []
    asked: list[str] = []
    page.on("request", lambda request: sent.append(request))

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    card = Host(htmx, body=above(htmx), around=ELSEWHERE).opens(page, world)
    address = page.url
    answers(card)
    posts = [one for one in sent if one.method == "POST" and world.askonce in one.url]
    assert [one.url.rpartition("/")[2] for one in posts].count("answers") == 2
    assert [one.url.rpartition("/")[2] for one in posts].count("skips") == 1
    for one in posts[1:]:
        assert SECRET not in str(one.all_headers())
        assert SECRET not in (one.post_data or "")
    assert asked == []
    assert page.url == address
    expect(page.locator("#elsewhere")).to_be_empty()


@each_htmx
@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_that_wins_everywhere_does_not_win_here(
    world: World, page: Page, htmx: int, sheet: str
) -> None:
    card = Host(htmx, head=f"<style>{SHEETS[sheet]}</style>").opens(page, world)
    card.asks("About your work")
    field, save = card.field("Company").bounding_box(), card.button("Save").bounding_box()
    assert field
    assert save
    assert min(field["height"], save["height"]) >= 40
    answers(card)


@each_htmx
def test_two_of_ours_on_one_page_do_not_meet(world: World, page: Page, htmx: int) -> None:
    twice = '{mount}<div id="second"></div>'
    host = Host(htmx, around=twice)
    card = host.opens(page, world)
    card.asks("About your work")
    page.evaluate(
        """htmx => { const again = document.querySelector('form[hx-post]').cloneNode(true);
        again.setAttribute('hx-target', '#second'); document.body.append(again);
        window.htmx.process(again); }""",
        htmx,
    )
    other = Card(page.locator("#second"))
    other.asks("About your work")
    ids = page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))
    other.save()
    expect(other.problems).to_be_visible()
    expect(card.problems).to_have_count(0)
    answers(card)
    expect(other.problems).to_be_visible()

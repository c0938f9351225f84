"""Two of ours on one page of a host: neither knows of the other."""

from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from tests.e2e.embeds import EMBEDS
from tests.e2e.hosts import HostSite, Page
from tests.e2e.visiting import Card, each_htmx


@each_htmx
def test_two_of_ours_on_one_page_do_not_meet(host: HostSite, page: BrowserPage, htmx: int) -> None:
    embed = EMBEDS[f"c{htmx}"]
    twice = '{mount}<div id="second"></div>'
    page.goto(
        host.serves(
            Page(
                lambda person: embed.mount(person, "step"),
                head=embed.head(host.askonce),
                around=twice,
            )
        )
    )
    card = embed.card(page)
    card.asks("About your work")
    page.evaluate(
        """() => { const again = document.getElementById('ask').cloneNode(true);
        again.removeAttribute('id'); again.setAttribute('hx-target', '#second');
        document.body.append(again); window.htmx.process(again); }"""
    )
    other = Card(page.locator("#second"))
    other.asks("About your work")
    ids = page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))
    other.save()
    expect(other.problems).to_be_visible()
    expect(card.problems).to_have_count(0)
    card.field("Company").fill("Example Ltd")
    card.save()
    card.asks("One letter a month")
    expect(other.problems).to_be_visible()

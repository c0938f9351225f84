"""Hosts of our own: pages at the demo's origin whose markup is as hostile as a test wants it."""

import json
import time
from dataclasses import dataclass
from secrets import token_hex

from playwright.sync_api import Page

from demo.askonce import Site, Visitor, read_key
from tests.e2e.conftest import ROOT, World
from tests.e2e.visiting import Card

KEY = ROOT / "demo/keys/shop.demo-private-key.json"
VERSIONS = {2: "2.0.11", 4: "4.0.1"}
# How each version refuses what stands above: the other one takes it for a value.
REFUSING = {
    2: 'hx-headers="unset" hx-vals="unset" hx-select="unset" hx-confirm="unset" hx-params="*"',
    4: "hx-headers='{}' hx-vals='{}' hx-select='' hx-confirm='' hx-indicator=''",
}


@dataclass(frozen=True, slots=True)
class Host:
    """A page of a host on that version of htmx, with what it writes in its head and on its body."""

    htmx: int
    head: str = ""
    body: str = ""
    around: str = "{mount}"

    def opens(self, page: Page, world: World) -> Card:
        """Serve the page to this visitor, open it, and return the card in its mount."""
        address = f"{world.demo}/host"
        html = self._html(world)
        page.route(address, lambda route: route.fulfill(content_type="text/html", body=html))
        page.goto(address)
        return Card(page.locator("#mount"))

    def _html(self, world: World) -> str:
        config = json.dumps({"selfRequestsOnly": False} if self.htmx == 2 else {})
        return f"""<!doctype html><html lang="en"><head><title>Host</title>
          <link rel="stylesheet" href="{world.askonce}/embed/1/fragment.css">
          <meta name="htmx-config" content='{config}'>{self.head}
          <script defer src="/static/askonce-host.js" data-askonce="{world.askonce}"></script>
          <script defer src="/static/vendor/htmx-{VERSIONS[self.htmx]}.min.js"></script></head>
          <body {self.body}>{self.around.format(mount=self._mount(world))}</body></html>"""

    def _mount(self, world: World) -> str:
        """Everything in the body of a form, so that nothing above it is needed or sent."""
        place = f"{world.askonce}/v1/sites/acme.shop/fragments/{self.htmx}"
        said = {"assertion": _assertion(world), "on": "login", "locale": "en"}
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{text}">' for name, text in said.items()
        )
        return f"""<form hx-post="{place}" hx-trigger="load" hx-target="#mount" hx-swap="innerHTML"
            hx-include="this" hx-push-url="false" hx-boost="false" {REFUSING[self.htmx]}
            >{fields}</form>
          <div id="mount"></div>"""


def _assertion(world: World) -> str:
    """Of somebody new at each call, at their second login: asked for one letter a month."""
    now = int(time.time())
    site = Site("acme.shop", world.askonce, world.demo, read_key(KEY), ())
    sub = "host-" + token_hex(6)
    for number in (2, 1):
        site.frame(
            Visitor(sub, "en", f"{sub}-{number}", now - number, now), "step", {"on": "login"}
        )
    return site.assertion(Visitor(sub, "en", f"{sub}-0", now, now))

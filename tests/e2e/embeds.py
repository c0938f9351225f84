"""The modes as a host writes them into its page: what it needs in the head, and the mount."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page as BrowserPage

from demo.askonce import Frame
from tests.e2e.hosts import Person, View
from tests.e2e.visiting import Card

SHOP = "acme.shop"
SANDBOX = (
    "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    " allow-downloads"
)
VERSIONS = {2: "2.0.11", 4: "4.0.1"}
CONFIG = {
    2: {"selfRequestsOnly": False, "includeIndicatorStyles": False, "allowEval": False},
    # Else this version would keep a mark of its own in the state of the host's page.
    4: {"history": False, "includeIndicatorCSS": False},
}
# How each version refuses what stands above: the other one takes it for a value.
REFUSING = {
    2: 'hx-headers="unset" hx-vals="unset" hx-select="unset" hx-confirm="unset" hx-params="*"'
    ' hx-indicator="unset" hx-sync="this"',
    4: "hx-headers='{}' hx-vals='{}' hx-select='' hx-confirm='' hx-indicator=''"
    " hx-sync='this' hx-status:4xx='swap:none' hx-status:5xx='swap:none'",
}


@dataclass(frozen=True, slots=True)
class Embed:
    """One mode; `policy` is what a host's content policy must allow, by directive."""

    mode: str
    mount: Callable[[Person], str]
    profile: Callable[[Person], str]
    head: Callable[[str], str] = lambda askonce: ""
    policy: dict[str, str] = field(default_factory=dict)

    @property
    def is_framed(self) -> bool:
        return not self.mode.startswith("c")

    def card(self, page: BrowserPage) -> Card:
        """Where the form stands in the opened page."""
        if self.is_framed:
            return Card(page.frame_locator("iframe").locator("html"))
        return Card(page.locator("#mount"))


def iframe(person: Person, view: View = "step") -> str:
    """What a ticket opens; nothing where there is nothing to ask."""
    ticket = person.ticket(view)
    if not isinstance(ticket, Frame):
        return ""
    return (
        f'<iframe src="{ticket.url}" title="About you" width="100%" height="{ticket.height}"'
        f' referrerpolicy="strict-origin" sandbox="{SANDBOX}"></iframe>'
    )


def htmx_head(version: int, allowing: bool = True) -> str:
    """The host's own htmx, and that it may talk to Askonce, if it may."""
    config = CONFIG[version] if allowing else {}
    script = f'<script defer src="/files/htmx-{VERSIONS[version]}.min.js"></script>'
    if not allowing:
        return script
    allow = f'<script src="/files/askonce-{version}.js" data-askonce="{{askonce}}"></script>'
    return f"""<meta name="htmx-config" content='{json.dumps(config)}'>{allow}{script}"""


def fragment_head(version: int) -> Callable[[str], str]:
    sheet = '<link rel="stylesheet" crossorigin href="{askonce}/embed/1/fragment.css">'
    written = sheet + htmx_head(version)
    return lambda askonce: written.replace("{askonce}", askonce)


def fragment(version: int, place: str = "fragments") -> Callable[[Person], str]:
    """Everything in the body of a form, so that nothing above it is needed or sent."""

    def mount(person: Person) -> str:
        url = f"{person.site.askonce}/v1/sites/{SHOP}/{place}/{version}"
        said = {"assertion": person.assertion(), "on": "login", "locale": "en"}
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{text}">' for name, text in said.items()
        )
        return f"""<form id="ask" hx-post="{url}" hx-trigger="load" hx-target="#mount"
            hx-swap="innerHTML" hx-include="this" hx-push-url="false" hx-boost="false"
            {REFUSING[version]}>{fields}</form><div id="mount"></div>"""

    return mount


def _in_page(version: int) -> Embed:
    return Embed(
        f"c{version}",
        mount=fragment(version),
        head=fragment_head(version),
        policy={"connect-src": "{askonce}", "style-src": "{askonce}"},
        profile=fragment(version, "profile"),
    )


EMBEDS = {
    embed.mode: embed
    for embed in (
        Embed(
            "b",
            mount=iframe,
            policy={"frame-src": "{askonce}"},
            profile=lambda person: iframe(person, "profile"),
        ),
        _in_page(2),
        _in_page(4),
    )
}

"""The modes as a host writes them into its page: what it needs in the head, and the mount."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page as BrowserPage

from tests.e2e.backends import SITE, Person, View
from tests.e2e.visiting import Card

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


Mount = Callable[[Person, View], str]
_PATHS: dict[View, str] = {"step": "fragments", "profile": "profile"}


@dataclass(frozen=True, slots=True)
class Embed:
    """One mode; `policy` is what a host's content policy must allow, by directive."""

    mode: str
    mount: Mount
    head: Callable[[str], str] = lambda askonce: ""
    policy: dict[str, str] = field(default_factory=dict)
    place: str = "iframe"
    plain: Mount | None = None  # where there are no scripts

    @property
    def is_framed(self) -> bool:
        return self.place == "iframe"

    @property
    def is_page(self) -> bool:
        """Whether each answer is a new page: the host's own, or one of ours."""
        return self.mode in ("d", "e")

    @property
    def has_htmx(self) -> bool:
        return self.mode.startswith("c")

    def card(self, page: BrowserPage) -> Card:
        """Where the form stands in the opened page."""
        if self.is_framed:
            return Card(page.frame_locator("iframe").locator("html"))
        return Card(page.locator(self.place))


def iframe(person: Person, view: View = "step") -> str:
    """What a ticket opens; nothing where there is nothing to ask."""
    ticket = person.ticket(view)
    if ticket["decision"] == "nothing":
        return ""
    return (
        f'<iframe src="{ticket["url"]}" title="About you" width="100%" height="{ticket["height"]}"'
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
    return lambda askonce: sheet(askonce) + htmx_head(version).replace("{askonce}", askonce)


def sheet(askonce: str) -> str:
    return f'<link rel="stylesheet" crossorigin href="{askonce}/embed/1/fragment.css">'


def loader(askonce: str) -> str:
    return f'<script async crossorigin src="{askonce}/embed/1/loader.js"></script>'


def element(person: Person, view: View = "step", inside: str = "") -> str:
    """An element that asks the page's own backend for tokens."""
    viewed = ' view="profile"' if view == "profile" else ""
    said = f'site="{SITE}" token-endpoint="{person.page}/token" on="login"{viewed}'
    return f"<ask-once {said}>{inside}</ask-once>"


def link(person: Person, view: View = "step") -> str:
    url = person.errand(view)
    return f'<a id="go" href="{url}">Go on</a>' if url else ""


def fragment(version: int) -> Mount:
    """Everything in the body of a form, so that nothing above it is needed or sent."""

    def mount(person: Person, view: View) -> str:
        url = f"{person.askonce}/v1/sites/{SITE}/{_PATHS[view]}/{version}"
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
        place="#mount",
    )


EMBEDS = {
    embed.mode: embed
    for embed in (
        Embed(
            "a",
            mount=element,
            head=loader,
            policy={"script-src": "{askonce}", "frame-src": "{askonce}", "connect-src": "'self'"},
            plain=lambda person, view: element(person, view, iframe(person, view)),
        ),
        Embed("b", mount=iframe, policy={"frame-src": "{askonce}"}),
        _in_page(2),
        _in_page(4),
        Embed(
            "d",
            mount=lambda person, view: f'<div id="mount">{person.fragment(view)}</div>',
            head=sheet,
            policy={"style-src": "{askonce}", "form-action": "'self'"},
            place="body",
        ),
        Embed("e", mount=link, place="html"),
    )
}

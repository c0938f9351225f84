"""The screen: where HTML is put, and so which headers and wrapping it needs."""

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from markupsafe import Markup

from app.domain.themes import Scheme
from app.domain.tokens import OURS, Presentation
from app.lib.i18n import direction
from app.lib.pages import Page
from app.lib.templates import render_template
from app.widget.embeds import address

# For those who fill in a form in dialect 2: htmx 2 shows no answer of 400 and above.
_SHOWN_AS_200 = (401, 409, 410, 413, 422, 429)
# What a browser may do with a fragment that somebody opens as a page.
_CLOSED = "default-src 'none'; frame-ancestors 'none'"
_FRAMED = (
    "default-src 'none'; script-src {scripts}; script-src-attr 'none'; style-src 'self'; "
    "style-src-attr 'none'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors {origins}; "
    "require-trusted-types-for 'script'; trusted-types htmx"
)
_DOCUMENT_HEADERS = {
    "referrer-policy": "strict-origin",
    "x-robots-tag": "noindex",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "cross-origin",
    "origin-agent-cluster": "?1",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "clipboard-read=(), publickey-credentials-get=(), publickey-credentials-create=()",
    "vary": "HX-Request, Cookie, Accept-Language, Sec-Fetch-Dest",
}
# A page of our own that nobody frames and no script runs in. It never posts its way out: the
# errand ends on a page that goes on by itself, for `form-action` holds for every redirect after.
_HOSTED = (
    "default-src 'none'; style-src 'self'; style-src-attr 'none'; img-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HOSTED_HEADERS = {
    **_DOCUMENT_HEADERS,
    "content-security-policy": _HOSTED,
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

Events = Mapping[str, Mapping[str, Any]]


class Screen(msgspec.Struct, frozen=True):
    """Where an answer will stand.

    `origins` may frame it. `is_mount`: it fills a mount that was empty. `is_scripted`: a script
    puts it in its place, else the browser shows it as a document. `nonce` is from `new_nonce`.
    `sheet` is the address of the site's theme, if it has one: a document links it.
    `owner` is the site's name above a hosted page, `below` what stands under its card.
    """

    presentation: Presentation
    locale: str
    origins: tuple[str, ...]
    is_mount: bool = False
    is_scripted: bool = True
    nonce: str = ""
    scheme: Scheme = "auto"
    sheet: str = ""
    owner: str = ""
    below: Markup = Markup("")

    @property
    def is_ours(self) -> bool:
        """Whether the document around it is ours, with a title to set."""
        return self.presentation in OURS

    @property
    def is_frame(self) -> bool:
        return self.presentation == "frame"

    @property
    def is_document(self) -> bool:
        """Whether the answer is a whole document."""
        return self.is_ours and not self.is_scripted

    @property
    def look(self) -> tuple[str, str, bool, Scheme]:
        """What a fragment's markup depends on."""
        return self.presentation, self.locale, self.is_mount, self.scheme

    @property
    def focus(self) -> Markup:
        """The attribute of what takes the focus, which nothing does on load.

        In a host's page htmx looks for `autofocus`; in ours the frame's script does, for a
        browser would complain of that attribute at every swap.
        """
        if self.is_mount:
            return Markup("")
        return Markup(" data-ao-focus") if self.is_frame else Markup(" autofocus")

    def render(self, name: str, values: dict[str, Any]) -> Markup:
        """A template in the language of the screen."""
        place = {"locale": self.locale, "dir": direction(self.locale), "focus": self.focus}
        return Markup(render_template(name, self.locale, {**place, **values}))

    def mounted(self, content: Markup) -> Markup:
        """The content in a root of ours: an empty mount gets it, and a page made on a server."""
        if self.presentation != "include" and (self.is_ours or not self.is_mount):
            return content
        # In a host's page it is the page that says whether it can be dark.
        theme = "" if self.scheme == "auto" else self.scheme
        return self.render("app/widget/mount.html", {"content": content, "theme": theme})


def new_nonce(presentation: Presentation) -> str:
    """What stamps the scripts and forms of our own frames; a host's page has none of ours."""
    return secrets.token_urlsafe(12) if presentation == "frame" else ""


def respond(
    screen: Screen,
    content: bytes,
    *,
    title: str = "",
    status: int = 200,
    events: Events | None = None,
    headers: Mapping[str, str] | None = None,
) -> Page:
    """The answer that puts `content` on the screen."""
    if screen.is_document:
        content = _document(screen, content, _titled(screen, title, is_wrong=status == 422))
    elif screen.is_frame:
        # Our htmx takes it out of the answer, and gives it to the document.
        content = _titled(screen, title, is_wrong=status == 422).encode() + content
    shown = 200 if screen.presentation == "2" and status in _SHOWN_AS_200 else status
    # A hosted page has no page around it that could hear of anything.
    heard = {} if screen.presentation == "hosted" else event_header(events)
    told = {**_headers(screen), **heard, **(headers or {})}
    return Page(content, shown, told)


def event_header(events: Events | None) -> dict[str, str]:
    """`HX-Trigger` with events for the page: ids and status, never an answer."""
    return {"hx-trigger": msgspec.json.encode(events).decode()} if events else {}


def _headers(screen: Screen) -> dict[str, str]:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    if screen.presentation == "hosted":
        return {**headers, **_HOSTED_HEADERS}
    if not screen.is_frame:
        return {**headers, "content-security-policy": _CLOSED}
    origins = " ".join(screen.origins)
    # What names no site has nothing to press: whoever tried to frame it may show what went wrong.
    scripts = f"'nonce-{screen.nonce}'" if screen.nonce else "'none'"
    policy = _FRAMED.format(scripts=scripts, origins=origins or "*")
    return {**headers, "content-security-policy": policy, **_DOCUMENT_HEADERS}


def _titled(screen: Screen, title: str, *, is_wrong: bool) -> Markup:
    return screen.render("app/widget/title.html", {"title": title, "is_wrong": is_wrong})


def _document(screen: Screen, content: bytes, title: Markup) -> bytes:
    values = {
        "content": Markup(content.decode()),
        "title": title,
        "nonce": screen.nonce,
        "origins": " ".join(screen.origins),
        "address": address,
        "theme": screen.scheme,
        "sheet": screen.sheet,
        "owner": screen.owner,
        "below": screen.below,
    }
    kind = "document" if screen.is_frame else "hosted"
    return screen.render(f"app/widget/{kind}.html", values).encode()

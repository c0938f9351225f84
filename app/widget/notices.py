"""Notices: a card in the place of a prompt, or nothing, and what the page hears of it."""

import msgspec
from markupsafe import Markup

from app.lib.i18n import Wording, gettext, use_locale
from app.lib.pages import Page
from app.lib.skeletons import Skeletons
from app.widget.embeds import theme_address
from app.widget.screens import Events, Screen, event_header, new_nonce, respond
from app.widget.visits import Visit

NO_TEXT = Wording("")
_NOTICES = Skeletons()


def screen_of(visit: Visit, *, is_mount: bool = False, is_end: bool = False) -> Screen:
    """Where the answer to a visit will stand. `is_end`: a hosted page has only the way back."""
    screen = Screen(
        visit.presentation,
        visit.locale,
        visit.site.origins,
        is_mount,
        visit.is_scripted,
        nonce=new_nonce(visit.presentation),
        scheme=visit.scheme,
        sheet="" if visit.is_scripted else theme_address(visit.release, visit.site_key),
    )
    if visit.flow is None:
        return screen
    below = way_back(visit) if is_end or visit.flow.view == "profile" else Markup("")
    return msgspec.structs.replace(screen, owner=visit.site.name, below=below)


def way_back(visit: Visit) -> Markup:
    """The button that ends the errand of a hosted page, and goes back to the site."""
    values = {
        "url": visit.address("flow", "returns"),
        "flow": visit.sealed_flow(),
        "name": visit.site.name,
    }
    return Screen(visit.presentation, visit.locale, ()).render("app/widget/way_back.html", values)


def show_notice(
    screen: Screen,
    kind: str,
    *,
    status: int = 200,
    events: Events | None = None,
    text: Wording = NO_TEXT,
) -> Page:
    """A card in the place of a prompt; `kind` is one of the notice component's."""
    key = (kind, text, text.lang, screen.look)
    values = {"kind": kind, "text": text}
    content = _NOTICES.fill(
        key, lambda: screen.mounted(screen.render("app/widget/notice.html", values)), {}
    )
    with use_locale(screen.locale):
        title = gettext("Your answers")
    return respond(screen, content, title=title, status=status, events=events)


def show_nothing(visit: Visit) -> Page:
    """Nothing to ask: a mount stays as it was, and the page hears of it."""
    screen = screen_of(visit, is_mount=True)
    if screen.is_document:
        return show_notice(screen, "nothing")
    return no_change({"askonce-nothing": {"status": "nothing"}})


def no_change(events: Events | None = None) -> Page:
    """The page stays as it is."""
    return Page(b"", 204, {"cache-control": "no-store", **event_header(events)})


def take_away(visit: Visit, events: Events) -> Page:
    """The prompt goes; a frame cannot go by itself and says so instead."""
    screen = screen_of(visit)
    if screen.is_frame:
        return show_notice(screen, "skipped", events=events)
    return respond(screen, b"", events=events)

"""Acme's letter: our server fetches the form in this page, gets it back, and relays it."""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response, get, post
from litestar.response import Redirect
from markupsafe import Markup

from demo.askonce import Fragment
from demo.guests import Guest
from demo.look import Acme, page
from demo.pages import Asked, Company

HERE = "/letter"
_STAMP = "acme_csrf"
# After these the browser is sent to the page itself, so that a reload posts nothing again.
_DONE = ("saved", "complete", "skipped", "dismissed", "expired")
Posted = Mapping[str, list[str]]
AcmeRequest = Request[Any, Any, Any]


@get(HERE)
async def show_letter(request: AcmeRequest, guest: Asked, acme: Company) -> Response[str]:
    """The page. What was said to the form that was posted last is said once."""
    said = request.session.pop("said", None)
    fragment = Fragment(said, 200, "said") if said else await _fetched(guest, acme)
    return _show(request, guest, acme, fragment)


@post(HERE, status_code=200)
async def post_letter(
    request: AcmeRequest, guest: Asked, acme: Company
) -> Response[str] | Redirect:
    """Relay the whole form for whoever is signed in now."""
    body = (await request.body()).decode(errors="replace")
    posted = parse_qs(body, keep_blank_values=True)
    if not _is_from_our_page(request, posted):
        return Redirect(HERE, status_code=303)
    answer = await _ask(guest, acme, {"submit": posted})
    if answer.state in _DONE:
        if answer.state in ("complete", "skipped"):
            request.session["said"] = answer.html  # it takes the focus; a `#` would prevent that
            return Redirect(HERE, status_code=303)
        return Redirect(f"{HERE}#ask-letter", status_code=303)
    if answer.state == "refused":
        fresh = await _fetched(guest, acme)
        return _show(request, guest, acme, fresh, status=403, note="letter_other")
    kept = _kept(posted) if answer.state == "away" else []
    return _show(request, guest, acme, answer, status=answer.status, kept=kept)


async def _fetched(guest: Guest, acme: Acme) -> Fragment:
    # An event lasts until nothing more is asked at it; the address of a page is not kept.
    return await _ask(guest, acme, {"moment": {"on": "event", "name": "letter"}})


async def _ask(guest: Guest, acme: Acme, wanted: Mapping[str, Mapping[str, Any]]) -> Fragment:
    return await asyncio.to_thread(acme.shop.fragment, guest.visitor(), HERE, wanted)


def _kept(posted: Posted) -> list[tuple[str, str]]:
    """What was typed, to be posted again: while Askonce is away, nothing is lost."""
    return [(name, text) for name, texts in posted.items() if name != _STAMP for text in texts]


def _show(
    request: AcmeRequest, guest: Guest, acme: Acme, fragment: Fragment, **facts: Any
) -> Response[str]:
    stamp = Markup('<input type="hidden" name="{}" value="{}">').format(_STAMP, _stamp(request))
    # Each form of theirs gets the field by which we know what comes from our own pages.
    form = Markup(fragment.html.replace("</form>", f"{stamp}</form>"))
    status = facts.pop("status", 200)
    facts["is_wrong"] = fragment.state == "invalid"
    shown = page("letter", acme, guest, **{"note": "", "kept": [], **facts}, form=form, stamp=stamp)
    shown.status_code = status
    return shown


def _stamp(request: AcmeRequest) -> str:
    """What no other site can know, so that no other site can post our forms."""
    stamp: str = request.session.setdefault("stamp", secrets.token_urlsafe(16))
    return stamp


def _is_from_our_page(request: AcmeRequest, posted: Posted) -> bool:
    sent = posted.get(_STAMP, [""])[0]
    return secrets.compare_digest(sent.encode(), _stamp(request).encode())


LETTER = [show_letter, post_letter]

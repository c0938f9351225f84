"""A form that our server fetches for a page of ours, gets back from it, and relays."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from litestar import Request
from litestar.response import Redirect
from markupsafe import Markup

from demo.askonce import Fragment
from demo.guests import Guest
from demo.look import Acme

_STAMP = "acme_csrf"
# After these the browser is sent to the page itself, so that a reload posts nothing again.
_DONE = ("saved", "complete", "skipped", "dismissed", "expired")
Posted = Mapping[str, list[str]]
AcmeRequest = Request[Any, Any, Any]


@dataclass(frozen=True)
class Included:
    """What a page shows of it: the form with our stamp, and what there is to say beside it.

    `kept` is what somebody posted while Askonce was away.
    """

    here: str
    form: Markup
    stamp: Markup
    state: str
    status: int = 200
    note: str = ""
    kept: list[tuple[str, str]] | None = None

    @property
    def is_wrong(self) -> bool:
        return self.state == "invalid"


@dataclass(frozen=True)
class Relay:
    """The form of one page, which stands at `here`, asks at an event, and posts to the page."""

    here: str
    event: str

    async def fetched(self, request: AcmeRequest, guest: Guest, acme: Acme) -> Included:
        """The form. What was said to the one that was posted last is said once."""
        said = request.session.pop(f"said {self.here}", None)
        fragment = Fragment(said, 200, "said") if said else await self._fetch(guest, acme)
        return self._included(request, fragment)

    async def posted(self, request: AcmeRequest, guest: Guest, acme: Acme) -> Included | Redirect:
        """Relay the whole form for whoever is signed in now."""
        body = (await request.body()).decode(errors="replace")
        posted = parse_qs(body, keep_blank_values=True)
        if not _is_from_our_page(request, posted):
            return Redirect(self.here, status_code=303)
        answer = await self._ask(guest, acme, {"submit": posted})
        if answer.state in _DONE:
            return self._redirect(request, answer)
        if answer.state == "refused":
            fresh = await self._fetch(guest, acme)
            return self._included(request, fresh, status=403, note="letter_other")
        kept = _kept(posted) if answer.state == "away" else None
        return self._included(request, answer, status=answer.status, kept=kept)

    def _redirect(self, request: AcmeRequest, answer: Fragment) -> Redirect:
        if answer.state in ("complete", "skipped"):
            # It takes the focus; a `#` would prevent that.
            request.session[f"said {self.here}"] = answer.html
            return Redirect(self.here, status_code=303)
        return Redirect(f"{self.here}#ask-{self.event}", status_code=303)

    def _included(self, request: AcmeRequest, fragment: Fragment, **facts: Any) -> Included:
        stamp = Markup('<input type="hidden" name="{}" value="{}">').format(_STAMP, _stamp(request))
        # Each form of theirs gets the field by which we know what comes from our own pages.
        form = Markup(fragment.html.replace("</form>", f"{stamp}</form>"))
        return Included(self.here, form, stamp, fragment.state, **facts)

    async def _fetch(self, guest: Guest, acme: Acme) -> Fragment:
        # An event lasts until nothing more is asked at it; the address of a page is not kept.
        return await self._ask(guest, acme, {"moment": {"on": "event", "name": self.event}})

    async def _ask(
        self, guest: Guest, acme: Acme, wanted: Mapping[str, Mapping[str, Any]]
    ) -> Fragment:
        return await asyncio.to_thread(acme.shop.fragment, guest.visitor(), self.here, wanted)


def _kept(posted: Posted) -> list[tuple[str, str]]:
    """What was typed, to be posted again: while Askonce is away, nothing is lost."""
    return [(name, text) for name, texts in posted.items() if name != _STAMP for text in texts]


def _stamp(request: AcmeRequest) -> str:
    """What no other site can know, so that no other site can post our forms."""
    stamp: str = request.session.setdefault("stamp", secrets.token_urlsafe(16))
    return stamp


def _is_from_our_page(request: AcmeRequest, posted: Posted) -> bool:
    sent = posted.get(_STAMP, [""])[0]
    return secrets.compare_digest(sent.encode(), _stamp(request).encode())

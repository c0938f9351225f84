"""All five modes on one page: the same person is asked the same thing in five ways, once."""

import asyncio

from litestar import Response, get, post
from litestar.response import Redirect

from demo import detour
from demo.askonce import Frame, NoFrame
from demo.guests import Guest
from demo.look import Acme, page
from demo.pages import Asked, Company
from demo.relay import AcmeRequest, Included, Relay

# The servers tell of an event; in the browser the element and htmx tell the page's address.
_RELAY = Relay("/modes", "modes")
_MOMENT = {"on": "event", "name": _RELAY.event}


@get(_RELAY.here)
async def show_modes(request: AcmeRequest, guest: Asked, acme: Company) -> Response[str] | Redirect:
    """The page; or the way back from the page of Askonce's own."""
    if "code" in request.query_params:
        return await detour.take_back(request, guest, acme, _RELAY.here)
    frame, included = await asyncio.gather(
        _framed(guest, acme), _RELAY.fetched(request, guest, acme)
    )
    return _show(request, guest, acme, frame, included)


@post(_RELAY.here, status_code=200)
async def post_modes(request: AcmeRequest, guest: Asked, acme: Company) -> Response[str] | Redirect:
    """The form that our server fetched comes back."""
    told = await _RELAY.posted(request, guest, acme)
    if isinstance(told, Redirect):
        return told
    return _show(request, guest, acme, await _framed(guest, acme), told)


@post("/modes/hosted", status_code=303)
async def post_modes_hosted(request: AcmeRequest, guest: Asked, acme: Company) -> Redirect:
    """The button that leads to the page of Askonce's own."""
    return await detour.send(request, guest, acme, _RELAY.here, _MOMENT)


async def _framed(guest: Guest, acme: Acme) -> Frame | NoFrame:
    return await asyncio.to_thread(acme.shop.frame, guest.visitor(), "step", _MOMENT)


def _show(
    request: AcmeRequest, guest: Guest, acme: Acme, frame: Frame | NoFrame, included: Included
) -> Response[str]:
    shown = page(
        "modes",
        acme,
        guest,
        element=True,
        htmx=4,
        assertion=acme.shop.assertion(guest.visitor()),
        frame=frame,
        included=included,
        came=detour.told(request, _RELAY.here),
    )
    shown.status_code = included.status
    return shown


MODES = [show_modes, post_modes, post_modes_hosted]

"""Acme's letter: a page whose form our server fetches and relays, and in which no script runs."""

from litestar import Response, get, post
from litestar.response import Redirect

from demo.guests import Guest
from demo.look import Acme, page
from demo.pages import Asked, Company
from demo.relay import AcmeRequest, Included, Relay

_RELAY = Relay("/letter", "letter")


@get(_RELAY.here)
async def show_letter(request: AcmeRequest, guest: Asked, acme: Company) -> Response[str]:
    return _show(guest, acme, await _RELAY.fetched(request, guest, acme))


@post(_RELAY.here, status_code=200)
async def post_letter(
    request: AcmeRequest, guest: Asked, acme: Company
) -> Response[str] | Redirect:
    told = await _RELAY.posted(request, guest, acme)
    return told if isinstance(told, Redirect) else _show(guest, acme, told)


def _show(guest: Guest, acme: Acme, included: Included) -> Response[str]:
    shown = page("letter", acme, guest, included=included)
    shown.status_code = included.status
    return shown


LETTER = [show_letter, post_letter]

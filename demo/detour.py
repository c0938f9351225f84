"""The way to a page of Askonce's own and back, with a code that our server redeems once."""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.response import Redirect

from demo.askonce import Result
from demo.guests import Guest
from demo.look import Acme

AcmeRequest = Request[Any, Any, Any]
LOGIN = {"on": "login"}


async def send(
    request: AcmeRequest, guest: Guest, acme: Acme, here: str, moment: Mapping[str, str] = LOGIN
) -> Redirect:
    """Ask whether there is anything to ask, and send the person there, or straight back `here`."""
    state = secrets.token_urlsafe(16)
    back = acme.origin + here
    url = await asyncio.to_thread(acme.shop.errand, guest.visitor(), back, state, moment)
    if url in ("nothing", "away"):
        request.session[f"came {here}"] = Result(url).told()
        return Redirect(here, status_code=303)
    request.session["state"] = state
    return Redirect(url, status_code=303)


async def take_back(request: AcmeRequest, guest: Guest, acme: Acme, here: str) -> Redirect:
    """Redeem the code before anything is shown; the page itself has none in its address."""
    # Only who was sent from this browser comes back to it.
    state = request.session.pop("state", "")
    query = request.query_params
    came = Result("wrong")
    if state and secrets.compare_digest(query.get("state", "").encode(), state.encode()):
        came = await asyncio.to_thread(acme.shop.result, guest.visitor(), query["code"], state)
    request.session[f"came {here}"] = came.told()
    return Redirect(here, status_code=303)


def told(request: AcmeRequest, here: str) -> dict[str, Any] | None:
    """What came of it, which is said once."""
    came: dict[str, Any] | None = request.session.pop(f"came {here}", None)
    return came

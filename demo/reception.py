"""Acme's reception: a page of Askonce's own stands on the way in, and a code comes back from it."""

import asyncio
import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from demo.askonce import Result
from demo.look import page
from demo.pages import Asked, Company

HERE = "/reception"
AcmeRequest = Request[Any, Any, Any]


@get(HERE)
async def show_reception(
    request: AcmeRequest, guest: Asked, acme: Company
) -> Response[str] | Redirect:
    """The page; or the way back, whose code our server redeems before anything is shown."""
    query = request.query_params
    if "code" not in query:
        came = request.session.pop("came", None)
        return page("reception", acme, guest, plain=True, came=came)
    # Only who was sent from this browser comes back to it.
    state = request.session.pop("state", "")
    came = Result("wrong")
    if state and secrets.compare_digest(query.get("state", "").encode(), state.encode()):
        came = await asyncio.to_thread(acme.shop.result, guest.visitor(), query["code"], state)
    request.session["came"] = came.told()
    return Redirect(HERE, status_code=303)


@post(HERE, status_code=303)
async def post_reception(request: AcmeRequest, guest: Asked, acme: Company) -> Redirect:
    """Ask whether anything is missing, and send the person there, or straight in."""
    state = secrets.token_urlsafe(16)
    back = acme.origin + HERE
    url = await asyncio.to_thread(acme.shop.errand, guest.visitor(), back, state)
    if url in ("nothing", "away"):
        request.session["came"] = Result(url).told()
        return Redirect(HERE, status_code=303)
    request.session["state"] = state
    return Redirect(url, status_code=303)


RECEPTION = [show_reception, post_reception]

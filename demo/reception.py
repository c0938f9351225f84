"""Acme's reception: on the way in, a page of Askonce's own asks for what is missing."""

from litestar import Response, get, post
from litestar.response import Redirect

from demo import detour
from demo.look import page
from demo.pages import Asked, Company

HERE = "/reception"


@get(HERE)
async def show_reception(
    request: detour.AcmeRequest, guest: Asked, acme: Company
) -> Response[str] | Redirect:
    """The page; or the way back to it."""
    if "code" in request.query_params:
        return await detour.take_back(request, guest, acme, HERE)
    return page("reception", acme, guest, plain=True, came=detour.told(request, HERE))


@post(HERE, status_code=303)
async def post_reception(request: detour.AcmeRequest, guest: Asked, acme: Company) -> Redirect:
    return await detour.send(request, guest, acme, HERE)


RECEPTION = [show_reception, post_reception]

"""Acme's pages: the shop, its prices, the account and the club, each also without JavaScript."""

from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter

from demo.askonce import Frame, NoFrame
from demo.guests import Guest
from demo.look import Acme, page

Asked = NamedDependency[Guest]
Company = NamedDependency[Acme]
# Every page can run on either version of htmx, to show that both work: ?htmx=2, ?htmx=4.
Version = Annotated[Literal[2, 4] | None, QueryParameter(name="htmx")]


async def guest(request: Request[Any, Any, Any]) -> Guest:
    """The person who is signed in; everybody else is sent to the sign-in."""
    found = Guest.of_session(request.session)
    if found is None:
        raise NotAuthorizedException("Sign in first.")
    return found


@get("/", sync_to_thread=False)
def show_home(guest: Asked, acme: Company, version: Version = None) -> Response[str]:
    """Asks at login, with `hx-get`; a button asks for more with a token made at that moment."""
    assertion = acme.shop.assertion(guest.visitor())
    return page("home", acme, guest, htmx=version or 2, assertion=assertion)


@get("/pricing", sync_to_thread=False)
def show_pricing(guest: Asked, acme: Company, version: Version = None) -> Response[str]:
    """Asks on the page itself, with `hx-post`: a page's address belongs into a body."""
    assertion = acme.shop.assertion(guest.visitor())
    return page("pricing", acme, guest, htmx=version or 4, assertion=assertion)


@get("/account", sync_to_thread=True)
def show_account(
    guest: Asked, acme: Company, version: Version = None, shown: FromQuery[str] = "fragment"
) -> Response[str]:
    """The profile editor, in the page or in a frame."""
    visitor = guest.visitor()
    frame: Frame | NoFrame = "nothing"
    if shown == "frame":
        frame = acme.shop.frame(visitor, "profile", {"on": "request"})
    assertion = acme.shop.assertion(visitor)
    return page(
        "account",
        acme,
        guest,
        htmx=version or 4,
        assertion=assertion,
        frame=frame,
        shown=shown,
    )


@get("/club", sync_to_thread=True)
def show_club(guest: Asked, acme: Company) -> Response[str]:
    """Another site with other requirements. It asks in a frame that our server has a ticket for,
    which an element adopts where scripts run.
    """
    frame = acme.club.frame(guest.visitor(), "step", {"on": "login"})
    is_asked = frame not in ("nothing", "away")
    return page("club", acme, guest, brand="club", element=is_asked, frame=frame)


@get("/plain", sync_to_thread=True)
def show_plain_home(guest: Asked, acme: Company, ask: FromQuery[str] = "") -> Response[str]:
    """The home page without a script. What was a button is a link that asks the server."""
    moment = {"on": "click", "name": "interests"} if ask == "interests" else {"on": "login"}
    frame = acme.shop.frame(guest.visitor(), "step", moment)
    return page("home", acme, guest, plain=True, frame=frame, asked=ask)


@get("/plain/pricing", sync_to_thread=True)
def show_plain_pricing(guest: Asked, acme: Company, chosen: FromQuery[str] = "") -> Response[str]:
    """The prices without a script."""
    moment = {"on": "page", "url": f"{acme.origin}/plain/pricing"}
    if chosen:
        moment = {"on": "event", "name": "plan_chosen"}
    frame = acme.shop.frame(guest.visitor(), "step", moment)
    return page("pricing", acme, guest, plain=True, frame=frame, chosen=chosen)


@get("/plain/account", sync_to_thread=True)
def show_plain_account(guest: Asked, acme: Company) -> Response[str]:
    """The account without a script."""
    frame = acme.shop.frame(guest.visitor(), "profile", {"on": "request"})
    return page("account", acme, guest, plain=True, frame=frame, shown="frame")


@post("/askonce-token", status_code=200, media_type=MediaType.TEXT, sync_to_thread=False)
def post_askonce_token(guest: Asked, acme: Company) -> Response[str]:
    """A fresh assertion for a page that has been open for more than a minute.

    Only our own pages can read the answer: it names no other origin, and the cookie is `Lax`.
    """
    assertion = acme.shop.assertion(guest.visitor())
    return Response(assertion, media_type=MediaType.TEXT, headers={"Cache-Control": "no-store"})


@post("/askonce-element-token/{name:str}", media_type=MediaType.TEXT, sync_to_thread=False)
def post_askonce_element_token(
    request: Request[Any, Any, Any], acme: Company, name: FromPath[str]
) -> Response[str]:
    """The token endpoint of our elements: who is signed in, for the frame that made the nonce.

    A page of another origin can neither send that header nor read the answer.
    """
    site = {"shop": acme.shop, "club": acme.club}.get(name)
    if site is None:
        raise NotFoundException
    guest = Guest.of_session(request.session)
    nonce = request.headers.get("x-askonce-nonce")
    if guest is None or not nonce:
        return Response("", status_code=400 if guest else 401, media_type=MediaType.TEXT)
    assertion = site.element_assertion(guest.visitor(), nonce)
    headers = {"Cache-Control": "no-store"}
    return Response(assertion, status_code=200, media_type=MediaType.TEXT, headers=headers)


PAGES = [
    show_home,
    show_pricing,
    show_account,
    show_club,
    show_plain_home,
    show_plain_pricing,
    show_plain_account,
    post_askonce_token,
    post_askonce_element_token,
]

"""Signing in and out of Acme, and what only a demo has: new lives, and a clock to turn."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from demo.guests import Guest
from demo.look import Acme, sign_in_page
from demo.people import PEOPLE

_OURS = "/ /pricing /account /club /letter /reception /modes /plain /plain/pricing /plain/account"
_BACK = frozenset(_OURS.split())


@dataclass(frozen=True)
class SignIn:
    """Who signs in, and on which page."""

    person: str
    back: str = ""


@dataclass(frozen=True)
class Later:
    """How many days the demo pretends have passed, and the page to return to."""

    days: int
    back: str = "/"


@get("/sign-in", sync_to_thread=False)
def show_sign_in(request: Request[Any, Any, Any], acme: NamedDependency[Acme]) -> Response[str]:
    return sign_in_page(acme, people=PEOPLE.values(), again=request.session.get("again", ""))


@post("/sign-in", status_code=303, sync_to_thread=True)
def post_sign_in(
    request: Request[Any, Any, Any], data: URLEncodedBody[SignIn], acme: NamedDependency[Acme]
) -> Redirect:
    """A new authentication. Askonce counts it by its `sid`; our server never counts."""
    person = PEOPLE.get(data.person)
    if person is None:
        raise ValidationException("Choose one of the six people.")
    guest = Guest.signs_in(person, request.session.get("again", ""))
    if Guest.of_session(request.session) is None:
        _tell_of_earlier_visits(guest, acme)
    request.set_session(guest.session())
    return Redirect(_known(data.back) or person.arrives_at, status_code=303)


@post("/sign-out", status_code=303, sync_to_thread=False)
def post_sign_out(request: Request[Any, Any, Any]) -> Redirect:
    request.set_session({"again": request.session.get("again", "")})
    return Redirect("/sign-in", status_code=303)


@post("/again", status_code=303, sync_to_thread=False)
def post_again(request: Request[Any, Any, Any]) -> Redirect:
    """Six new people with the same names: whatever was answered belongs to the former ones."""
    request.set_session({"again": secrets.token_hex(4)})
    return Redirect("/sign-in", status_code=303)


@post("/later", status_code=303, sync_to_thread=False)
def post_later(
    request: Request[Any, Any, Any], data: URLEncodedBody[Later], guest: NamedDependency[Guest]
) -> Redirect:
    """Pretend that it is later: a site with `sandbox: true` may say what time it is."""
    days = guest.days_later + data.days if data.days else 0
    request.set_session(replace(guest, days_later=min(max(days, 0), 3650)).session())
    return Redirect(_known(data.back) or "/", status_code=303)


def _known(back: str) -> str | None:
    return back if back in _BACK else None


def _tell_of_earlier_visits(guest: Guest, acme: Acme) -> None:
    for visitor in guest.earlier_visits():
        acme.shop.frame(visitor, "step", {"on": "login"})


SIGN_IN = [show_sign_in, post_sign_in, post_sign_out, post_again, post_later]

"""The element's frame (mode a): opened by what the page's backend says, once, not by a ticket.

A page loads it empty. It asks its page for an assertion, exchanges that for what is to be shown,
and from then on each moment that the page tells is decided here.
"""

import msgspec
from litestar import get, post

from app.domain.assertions import Assertion, observed_origin, verify_assertion
from app.domain.deciding import decide
from app.domain.jtis import use_jti
from app.domain.moments import details_of
from app.domain.newcomers import Newcomer, Wishes, locale_for
from app.domain.refusals import Refused
from app.domain.subjects import Subject
from app.domain.times import to_milliseconds
from app.domain.tokens import StepToken, check_listed, open_token, renew_token
from app.lib.headers import headers_of, query_of
from app.lib.pages import Page
from app.widget.asking import show_next
from app.widget.embeds import theme_address
from app.widget.frames import PROFILE
from app.widget.loading import read_person, visit_of
from app.widget.mounting import believe_person, check_claimed, meet_person, open_door
from app.widget.notices import no_change
from app.widget.requests import AppRequest, Place, body_of, check_destination, first, place_of
from app.widget.revising import show_profile
from app.widget.screens import Screen, new_nonce, respond
from app.widget.visits import Body, Visit

PLACE = "/v1/sites/{site:str}"
_VISIT = "askonce-visit"  # the header that hands our own frame what it shows at the next moment
_TOKEN = "askonce-token"  # the one that makes a form of it good for another day


@get(PLACE + "/frame")
async def show_frame(request: AppRequest) -> Page:
    """The frame of mode a as a page loads it: nobody's, and empty."""
    check_destination(request, "iframe")
    place = place_of(request).in_mode("element")
    site = place.definition
    wished = query_of(request.scope).get("locale")
    accepted = headers_of(request.scope).get("accept-language")
    locale = locale_for(place.release, place.site, (wished,), accepted)
    screen = Screen(
        "frame",
        locale,
        site.origins,
        is_scripted=False,
        nonce=new_nonce("frame"),
        scheme=site.theme.mode,
        sheet=theme_address(place.release, place.site),
    )
    waiting = screen.render("app/widget/element.html", {})
    return respond(screen, waiting.encode(), title=site.name)


@post(PLACE + "/exchange", status_code=200)
async def post_exchange(request: AppRequest) -> Page:
    """What is to be shown to the person that an assertion names; the assertion is spent."""
    place, body = await load_own_form(request)
    now = place.runtime.now()
    assertion = await prove_assertion(request, place, body)
    language = headers_of(request.scope).get("accept-language")
    newcomer = Newcomer.from_assertion(assertion, wishes_of(body), now, language)
    view = view_of(body)
    await spend(place, assertion)
    visit, subject = await meet_person(place, newcomer, "frame", assertion.origin, now)
    return _show(visit, subject, view)


@post(PLACE + "/moments", status_code=200)
async def post_moments(request: AppRequest) -> Page:
    """What is to be shown at a later moment to the person whom the frame knows already."""
    place, body = await load_own_form(request)
    now = place.runtime.now()
    token = open_token(place.runtime.keyring, first(body, "visit") or "", "frame", now)
    if token.site != request.path_params["site"]:
        raise Refused("token_site")
    if token.is_stale(now):
        raise Refused("token_expired")
    check_listed(token, place.definition)
    visit = visit_of(place, token, {}, now, is_scripted=True)
    believe_person(visit.runtime, request, visit.who)
    subject = await read_person(visit)
    visit = msgspec.structs.replace(visit, token=None).at_moment(**wishes_of(body).told())
    return _show(visit, subject, token.step)


@post(PLACE + "/renewals", status_code=200)
async def post_renewals(request: AppRequest) -> Page:
    """A form that was open for too long goes on for the same person; nobody else gets it."""
    place, body = await load_own_form(request)
    now = place.runtime.now()
    assertion = await prove_assertion(request, place, body)
    proved = to_milliseconds(assertion.issued_at) + 999
    token, renewed = renew_token(place.runtime.keyring, first(body, "_t") or "", now, proved)
    _check_is_same(place, assertion, token)
    await read_person(visit_of(place, token, {}, now, is_scripted=True))
    await spend(place, assertion)
    page = no_change()
    page.headers[_TOKEN] = renewed
    return page


async def load_own_form(request: AppRequest) -> tuple[Place, Body]:
    """The site and the fields of what our own frame posts, and nobody else. Raises Refused."""
    place, headers = place_of(request), headers_of(request.scope)
    if observed_origin(headers) not in (None, place.runtime.url):
        raise Refused("token_origin")
    return place.in_mode("element"), await body_of(request, headers)


async def prove_assertion(request: AppRequest, place: Place, body: Body) -> Assertion:
    """Who the person is, said for the frame's own nonce and not spent yet. Raises Refused."""
    text, embedder = first(body, "assertion") or "", first(body, "embedder") or ""
    door = await open_door(place, "element", text, embedder, first(body, "nonce"))
    assertion = verify_assertion(text, door, place.runtime.now(), check_claimed(request, place))
    believe_person(place.runtime, request, place.release.subject_key(place.site, assertion.sub))
    return assertion


async def spend(place: Place, assertion: Assertion) -> None:
    """Believe an assertion, once; it comes last, for it is written down. Raises Refused."""
    if not await place.runtime.database.write(use_jti, assertion):
        raise Refused("token_used")


def wishes_of(body: Body) -> Wishes:
    """What the page told the frame of the moment. Raises Refused."""
    told = {name: first(body, name) for name in ("on", "name", "step", "url", "locale")}
    return Wishes(**told, details=details_of(first(body, "details")))


def view_of(body: Body) -> str:
    """What the page wants to be shown. Raises Refused."""
    view = first(body, "view") or ""
    if view not in ("", "step", PROFILE):
        raise Refused("unknown_moment")
    return view


def _show(visit: Visit, subject: Subject, view: str) -> Page:
    visit = _named(visit, subject)
    if view == PROFILE:
        page = show_profile(visit, subject, is_mount=True)
    else:
        page = show_next(visit, subject, is_mount=True, events={})
    page.headers[_VISIT], _ = visit.seal("frame", view, (), None)
    return page


def _named(visit: Visit, subject: Subject) -> Visit:
    """What is pressed may also name a step itself: where no trigger waits for that name."""
    moment = visit.moment
    if moment.on != "click" or moment.name not in visit.release.steps:
        return visit
    if decide(visit.release, subject, moment).step:
        return visit
    return visit.at_moment(on="request", name=None, step=moment.name)


def _check_is_same(place: Place, assertion: Assertion, token: StepToken) -> None:
    key = place.release.subject_key(place.site, assertion.sub)
    if token.subject != key.subject or token.origin != assertion.origin:
        raise Refused("token_subject")
    if token.site != f"{assertion.workspace}.{assertion.site}" or token.presentation != "frame":
        raise Refused("token_site")

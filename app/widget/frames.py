"""The frame of mode b: a one-time ticket opens it, and everything in it works without a script."""

from hashlib import sha256

import msgspec
from litestar import get, post

from app.domain.deciding import decide
from app.domain.newcomers import Newcomer
from app.domain.refusals import Refused
from app.domain.subjects import Subject
from app.domain.tickets import consume_ticket, hash_secret
from app.domain.tokens import check_listed, open_token
from app.lib.pages import Page
from app.widget.answering import note_shown
from app.widget.asking import show_next
from app.widget.loading import read_person, visit_of
from app.widget.mounting import meet_person, note_believed
from app.widget.requests import AppRequest, check_destination, place_at, runtime_of
from app.widget.revising import show_profile
from app.widget.visits import Visit

_COOKIE_SECONDS = 30 * 60
PROFILE = "profile"


@get("/v1/frames/{ticket:str}")
async def show_frame(request: AppRequest) -> Page:
    """The document of an iframe; its address holds a ticket that this request spends."""
    check_destination(request, "iframe")
    return await open_frame(request)


@post("/v1/frames/{ticket:str}", status_code=200)
async def post_frame(request: AppRequest) -> Page:
    """The same for a form that posts into a named iframe: its `Origin` tells who embeds."""
    check_destination(request, "iframe")
    return await open_frame(request)


async def open_frame(request: AppRequest) -> Page:
    """Spend the ticket and show its step or editor; spent already, go on where one was."""
    runtime, ticket = runtime_of(request), request.path_params["ticket"]
    now = runtime.now()
    if hash_secret(ticket) is None:
        raise Refused("ticket_spent")  # the database is not worth asking
    spent = await runtime.database.write(consume_ticket, runtime.keyring, ticket, "frame", now)
    if spent is None:
        return await reopen_frame(request, ticket)
    check_embedder(request, spent.body.origin)
    place = place_at(runtime, spent.workspace, spent.site).in_mode("frame")
    language = request.headers.get("accept-language")
    newcomer = Newcomer.from_ticket(spent.body, now, language)
    origin = spent.body.origin or ""
    visit, subject = await meet_person(place, newcomer, "frame", origin, now)
    note_believed(visit.runtime, request, visit.who)
    if spent.body.view != PROFILE:
        subject = await note_opened(visit, subject)
    response = await _show(visit, subject, spent.body.view)
    response.headers["set-cookie"] = _cookie(visit, ticket, spent.body.view)
    return response


async def reopen_frame(request: AppRequest, ticket: str) -> Page:
    """A reload: the browser that spent the ticket may see where the person stands now."""
    runtime = runtime_of(request)
    kept = request.cookies.get(_cookie_name(ticket), "")
    now = runtime.now()
    try:
        token = open_token(runtime.keyring, kept, "frame", now)
    except Refused:
        raise Refused("ticket_spent") from None
    if token.is_stale(now):
        raise Refused("ticket_spent")
    check_embedder(request, token.origin, runtime.url)
    workspace, _, site = token.site.partition(".")
    place = place_at(runtime, workspace, site).in_mode("frame")
    check_listed(token, place.definition)
    visit = visit_of(place, token, {}, now, is_scripted=False)
    subject = await read_person(visit)
    return await _show(visit, subject, token.step)


async def note_opened(visit: Visit, subject: Subject) -> Subject:
    """A spent ticket counts as a prompt that was seen: without a script nothing else will tell."""
    decision = decide(visit.release, subject, visit.moment)
    return await note_shown(visit, subject, decision)


def check_embedder(request: AppRequest, *allowed: str | None) -> None:
    """Refuse a ticket in a page of an origin that is not allowed, by all that the browser tells."""
    referrer = request.headers.get("referer", "")
    told = {request.headers.get("origin", ""), "/".join(referrer.split("/")[:3])}
    if not told <= {"", "null", *allowed}:
        raise Refused("ticket_place")


async def _show(visit: Visit, subject: Subject, view: str) -> Page:
    visit = msgspec.structs.replace(visit, is_scripted=False)
    if view == PROFILE:
        return show_profile(visit, subject, is_mount=True)
    return show_next(visit, subject, is_mount=True, events={})


def _cookie(visit: Visit, ticket: str, view: str) -> str:
    """A nicety for a reload, below the page that embeds us alone (CHIPS); nothing needs it."""
    sealed, _ = visit.seal("frame", view, (), None)
    return (
        f"{_cookie_name(ticket)}={sealed}; Path=/; Max-Age={_COOKIE_SECONDS}; Secure; HttpOnly; "
        "SameSite=None; Partitioned"
    )


def _cookie_name(ticket: str) -> str:
    return f"__Host-askonce-{sha256(ticket.encode()).hexdigest()[:12]}"

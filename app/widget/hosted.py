"""The hosted page of mode e: a whole page of ours, on the way from a site and back to it."""

import msgspec
from litestar import get, post

from app.domain.assertions import observed_origin
from app.domain.flows import flow_id, open_flow
from app.domain.newcomers import Newcomer
from app.domain.prompts import dismiss_step, skip_step
from app.domain.refusals import Refused
from app.domain.tickets import consume_ticket, hash_secret
from app.domain.tokens import Purpose
from app.lib.headers import headers_of, query_of
from app.lib.pages import Page
from app.widget.answering import complete_prompt, rest_prompt
from app.widget.cookies import flow_of
from app.widget.flowing import (
    begin_flow,
    go_on,
    list_again,
    show_first,
    show_now,
    visit_of_flow,
)
from app.widget.leaving import HOSTED_PAGE, send_back
from app.widget.loading import load_form, read_person
from app.widget.mounting import meet_person, note_believed
from app.widget.requests import (
    AppRequest,
    Place,
    body_of,
    check_destination,
    first,
    place_at,
    place_of,
    runtime_of,
)
from app.widget.revising import keep_edit, keep_removal, open_question
from app.widget.visits import Visit

FORMS = HOSTED_PAGE + "/sites/{site:str}"
HOSTED = {"presentation": "hosted"}


@get(HOSTED_PAGE + "/{ticket:str}", opt=HOSTED)
async def show_hosted(request: AppRequest) -> Page:
    """Spend the ticket and show its step or editor; spent already, go on where one was."""
    check_destination(request, "document")
    runtime, ticket = runtime_of(request), request.path_params["ticket"]
    now = runtime.now()
    if hash_secret(ticket) is None:
        raise Refused("ticket_spent")  # the database is not worth asking
    spent = await runtime.database.write(consume_ticket, runtime.keyring, ticket, "hosted", now)
    if spent is None:
        return await resume(request, flow_id(ticket))
    place = place_at(runtime, spent.workspace, spent.site).in_mode("hosted")
    newcomer = Newcomer.from_ticket(spent.body, now, request.headers.get("accept-language"))
    visit, subject = await meet_person(place, newcomer, "hosted", runtime.url, now)
    note_believed(visit.runtime, request, visit.who)
    return await show_first(begin_flow(visit, spent.body, flow_id(ticket)), subject)


@get(HOSTED_PAGE, opt=HOSTED)
async def show_standing(request: AppRequest) -> Page:
    """Where a form goes on to, and what a reload shows: the browser knows whose errand it is."""
    check_destination(request, "document")
    return await resume(request, query_of(request.scope).get("flow", ""))


async def resume(request: AppRequest, name: str) -> Page:
    """The errand of that name, as its browser remembers it."""
    flow = flow_of(request, name)
    if flow is None:
        raise Refused("ticket_spent")
    workspace, _, site = flow.site.partition(".")
    place = place_at(runtime_of(request), workspace, site).in_mode("hosted")
    return await show_now(visit_of_flow(place, flow))


@post(FORMS + "/fragments/answers", status_code=200, opt=HOSTED)
async def post_answers(request: AppRequest) -> Page:
    """Save the answers and go on; else the form with what is wrong."""
    return await go_on(request, await complete_prompt(request, await load_hosted(request)), "saved")


@post(FORMS + "/fragments/skips", status_code=200, opt=HOSTED)
async def post_skips(request: AppRequest) -> Page:
    """Not now: back to the site."""
    skipped = await rest_prompt(request, await load_hosted(request), skip_step)
    return await go_on(request, skipped, "skipped")


@post(FORMS + "/fragments/dismissals", status_code=200, opt=HOSTED)
async def post_dismissals(request: AppRequest) -> Page:
    """Close it: back to the site."""
    closed = await rest_prompt(request, await load_hosted(request), dismiss_step)
    return await go_on(request, closed, "dismissed")


@post(FORMS + "/profile/questions", status_code=200, opt=HOSTED)
async def post_questions(request: AppRequest) -> Page:
    """Open the form of one answer; of none, go back to the list."""
    return await open_question(request, await load_hosted(request, "editor"))


@post(FORMS + "/profile/answers", status_code=200, opt=HOSTED)
async def post_edits(request: AppRequest) -> Page:
    """Save one answer, and show the list again; else the form with what is wrong."""
    visit = await load_hosted(request, "editor")
    return await list_again(request, visit, await keep_edit(request, visit), "saved")


@post(FORMS + "/profile/removals", status_code=200, opt=HOSTED)
async def post_removals(request: AppRequest) -> Page:
    """Clear one answer, and show the list again."""
    visit = await load_hosted(request, "editor")
    return await list_again(request, visit, await keep_removal(request, visit), "cleared")


@post(FORMS + "/flow/returns", status_code=200, opt=HOSTED)
async def post_returns(request: AppRequest) -> Page:
    """Back to the site: from the editor, or once more from a page that is over.

    What is asked and unanswered is so told: nobody completes an errand by leaving it.
    """
    check_destination(request, "document")
    place, headers = place_of(request).in_mode("hosted"), headers_of(request.scope)
    if observed_origin(headers) not in (None, place.runtime.url):
        raise Refused("token_origin")
    body = await body_of(request, headers)
    flow = open_flow(place.runtime.keyring, first(body, "_f") or "", place.runtime.now())
    if flow.site != request.path_params["site"]:
        raise Refused("token_site")
    left = "complete" if flow.view == "profile" else "dismissed"
    visit = visit_of_flow(place, flow.changed(status=flow.status or left))
    await read_person(visit)  # nobody goes back with what a log-out ended
    return await send_back(visit)


async def load_hosted(request: AppRequest, purpose: Purpose = "step") -> Visit:
    """The visit of a hosted page's form, with the errand that it is part of. Raises Refused."""
    check_destination(request, "document")
    visit = await load_form(request, purpose)
    place = Place(visit.runtime, visit.release, visit.site_key).in_mode("hosted")
    flow = open_flow(visit.runtime.keyring, first(visit.body, "_f") or "", visit.now)
    # Whoever has two forms before them cannot make one of them.
    if flow.site != visit.public_id or place.release.subject_key(place.site, flow.sub) != visit.who:
        raise Refused("flow_mismatch")
    return msgspec.structs.replace(visit, flow=flow)

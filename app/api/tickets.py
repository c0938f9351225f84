"""Tickets: a site's backend asks whether there is something to ask, and for a way to ask it."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from litestar import Response, post

from app.api.errands import decide_for, send_to, sent_by
from app.api.heights import estimated_height, profile_height
from app.api.loading import NO_STORE, ApiRequest, load_client, read_asked, release_of, runtime_of
from app.domain.backchannel import Client
from app.domain.deciding import decide
from app.domain.editing import editable_attributes
from app.domain.introductions import Introduction, check_site, introduced
from app.domain.newcomers import Newcomer, meet
from app.domain.refusals import Refused
from app.domain.releases import Release
from app.domain.tickets import LIFETIME, Ticket, TicketBody, issue_ticket
from app.runtime import Runtime


class TicketRequest(Introduction, kw_only=True, forbid_unknown_fields=True):
    """An introduction, and where the widget shall stand: in a page, or on one of our own."""

    mode: Literal["frame", "hosted"] = "frame"
    origin: str | None = None
    return_to: str | None = None
    state: str | None = None


@post("/api/v1/tickets", status_code=201)
async def post_tickets(request: ApiRequest) -> Response[dict[str, Any]]:
    """Decide for a person: 201 with a ticket, or 200 when there is nothing to ask.

    The login is counted either way. Authenticated by a JWT of the site's own key.
    """
    runtime = runtime_of(request)
    now = runtime.now()
    client = await load_client(request, "tickets")
    asked = await read_asked(request, TicketRequest)
    body = ticket_body(asked, client, now)
    release = release_of(request, client)
    if asked.mode == "hosted":
        errand = await decide_for(runtime, release, client, body)
        if not errand.has_something:
            return Response({"decision": "nothing"}, status_code=200, headers=NO_STORE)
        return Response(await send_to(runtime, client, body), status_code=201, headers=NO_STORE)
    height = await _height(runtime, release, client, body, now)
    if height is None:
        return Response({"decision": "nothing"}, status_code=200, headers=NO_STORE)
    ticket = Ticket(client.workspace, client.site_key, "frame", body)
    text = await runtime.database.write(issue_ticket, runtime.keyring, ticket, now)
    answer = {
        "decision": "ask",
        "ticket": text,
        "url": f"{runtime.url}/v1/frames/{text}",
        "height": height,
        "expires_in": int(LIFETIME.total_seconds()),
    }
    return Response(answer, status_code=201, headers=NO_STORE)


def ticket_body(asked: TicketRequest, client: Client, now: datetime) -> TicketBody:
    """What the ticket will say, as far as this site may say it. Raises Refused."""
    check_site(asked, client)
    if asked.mode not in client.site.modes:
        raise Refused("token_mode")
    if asked.mode == "hosted":
        return sent_by(introduced(asked, client, now), client, asked.return_to, asked.state, now)
    if asked.origin not in client.site.origins:
        raise Refused("token_origin")
    return msgspec.structs.replace(introduced(asked, client, now), origin=asked.origin)


async def _height(
    runtime: Runtime, release: Release, client: Client, body: TicketBody, now: datetime
) -> int | None:
    """The height in pixels to reserve for what there is to show; None for nothing."""
    newcomer = Newcomer.from_ticket(body, now)
    subject, moment = await meet(runtime.database, release, client.site_key, newcomer)
    if body.view == "profile":
        return profile_height(len(editable_attributes(release, subject, client.site_key)))
    decision = decide(release, subject, moment)
    if decision.step is None:
        return None
    questions = [
        release.question(decision.step, attribute, client.site_key, moment.locale)
        for attribute in decision.attributes
    ]
    return estimated_height(questions, has_purpose=bool(release.steps[decision.step].purpose))

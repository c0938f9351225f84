"""Auth0's redirect: an Action sends somebody who is logging in to us, and waits."""

import msgspec
from litestar import get

from app.domain.auth0 import PARAMETER, admit_session, read_session
from app.domain.refusals import Refused
from app.domain.tickets import Ticket
from app.lib.headers import query_of
from app.lib.pages import Page
from app.widget.hosted import HOSTED
from app.widget.leaving import HOSTED_PAGE, redirect
from app.widget.requests import AppRequest, check_destination, place_of


@get(HOSTED_PAGE + "/auth0/{site:str}", opt=HOSTED)
async def show_auth0(request: AppRequest) -> Page:
    """Believe the tenant's token once, and be rid of it: next comes a ticket of our own."""
    check_destination(request, "document")
    place = place_of(request).in_mode("hosted")
    runtime, site = place.runtime, place.definition
    if site.auth0 is None:
        raise Refused("unknown_path")
    query, now = query_of(request.scope), runtime.now()
    session = read_session(site.auth0, query.get(PARAMETER, ""), query.get("state", ""), now)
    traits = {key: value for key, value in session.body.traits.items() if key in site.supplies}
    body = msgspec.structs.replace(session.body, traits=traits)
    ticket = Ticket(place.release.workspace, place.site, "hosted", body)
    text = await runtime.database.write(admit_session, runtime.keyring, ticket, session, now)
    if text is None:
        raise Refused("token_used")
    return redirect(f"{HOSTED_PAGE}/{text}")

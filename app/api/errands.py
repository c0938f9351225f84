"""Errands: what a backend sends a person to the hosted page for, decided before anybody goes."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from app.domain.backchannel import Client
from app.domain.deciding import Decision
from app.domain.flows import can_carry
from app.domain.newcomers import Newcomer, meet
from app.domain.refusals import Refused
from app.domain.releases import Release
from app.domain.requirements import decide_errand, missing_requirements
from app.domain.tickets import LIFETIME, Ticket, TicketBody, issue_ticket
from app.runtime import Runtime

LONGEST_STATE = 1024  # characters


class Errand(NamedTuple):
    """What is missing for a person at a site, and the step that would be shown now."""

    missing: tuple[str, ...]
    decision: Decision
    is_editor: bool

    @property
    def has_something(self) -> bool:
        """Whether there is anything to go for."""
        return self.is_editor or self.decision.step is not None


async def decide_for(
    runtime: Runtime, release: Release, client: Client, body: TicketBody
) -> Errand:
    """Decide for a person; a login is counted and claims are stored either way."""
    newcomer = Newcomer.from_ticket(body, runtime.now())
    subject, moment = await meet(runtime.database, release, client.site_key, newcomer)
    missing = missing_requirements(release, subject, moment)
    _, decision = decide_errand(release, subject, moment)
    return Errand(missing, decision, body.view == "profile")


async def send_to(runtime: Runtime, client: Client, body: TicketBody) -> dict[str, Any]:
    """What the backend is told: a ticket, the address it opens, and for how long."""
    ticket = Ticket(client.workspace, client.site_key, "hosted", body)
    text = await runtime.database.write(issue_ticket, runtime.keyring, ticket, runtime.now())
    return {
        "decision": "ask",
        "ticket": text,
        "url": f"{runtime.url}/v1/hosted/{text}",
        "expires_in": int(LIFETIME.total_seconds()),
    }


def sent_by(
    body: TicketBody, client: Client, return_to: str | None, state: str | None, at: datetime
) -> TicketBody:
    """The same with the way back, which is one that the site lists, to the letter. Raises Refused.

    Who is sent here while logging in is logging in, even where nothing else names the login.
    """
    if return_to not in client.site.return_urls:
        raise Refused("return_url")
    if state is not None and not (len(state) <= LONGEST_STATE and state.isprintable()):
        raise Refused("request_body")
    if not can_carry(body.claims):
        raise Refused("request_body")
    is_login = body.moment.get("on", "login") == "login" and body.view == "step"
    named = body.auth_time is not None or body.sid is not None
    auth_time = int(at.timestamp()) if is_login and not named else body.auth_time
    return msgspec.structs.replace(body, return_to=return_to, state=state, auth_time=auth_time)

"""The introduction: what a site's backend says of a person when it asks for them."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from app.domain.backchannel import Client
from app.domain.refusals import Refused
from app.domain.site_tokens import SKEW, identifier, public_id
from app.domain.themes import Scheme
from app.domain.tickets import TicketBody, View

# Ends in 2106, which every datetime can hold.
Seconds = Annotated[int, msgspec.Meta(gt=0, lt=2**32)]


class Introduction(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a backend may say; times are seconds since 1970."""

    sub: str
    site: str | None = None
    view: View = "step"
    locale: str | None = None
    auth_time: int | None = None
    sid: str | None = None
    signed_up_at: int | None = None
    traits: dict[str, Any] = {}
    claims: dict[str, Any] = {}
    moment: dict[str, Any] = {}
    theme: Scheme | None = None
    clock: Seconds | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.view})"


def check_site(said: Introduction, client: Client) -> None:
    """Refuse a backend that names another site than its own; it need not name any."""
    if said.site not in (None, public_id(client.workspace, client.site_key), client.site_key):
        raise Refused("token_issuer")


def introduced(said: Introduction, client: Client, now: datetime) -> TicketBody:
    """What is said of the person, as far as this site may say it. Raises Refused."""
    if said.clock is not None and not client.site.sandbox:
        raise Refused("token_clock")
    latest = int(now.timestamp()) + SKEW
    if any(t is not None and not 0 < t <= latest for t in (said.auth_time, said.signed_up_at)):
        raise Refused("token_auth_time")
    identifier({"sub": said.sub}, "sub", "token_subject")
    return TicketBody(
        sub=said.sub,
        view=said.view,
        locale=said.locale,
        auth_time=said.auth_time,
        sid=said.sid,
        signed_up_at=said.signed_up_at,
        traits={key: value for key, value in said.traits.items() if key in client.site.supplies},
        claims=said.claims,
        moment=said.moment,
        theme=said.theme,
        clock=said.clock,
    )

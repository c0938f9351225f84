"""Auth0: a login that waits for us, told by a token of the tenant's and answered by one of ours.

The tenant's side is an Action: `api.redirect.sendUserTo` brings the person with a `session_token`
and Auth0's `state`; `api.redirect.validateToken` believes an answer that the same secret signed,
for the same person and the same state.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.domain.flows import can_carry
from app.domain.jtis import use_name
from app.domain.refusals import Refused
from app.domain.site_tokens import SKEW, identifier, numeric_date
from app.domain.sites import Auth0
from app.domain.tickets import Ticket, TicketBody, issue_ticket
from app.lib.sealing import Keyring
from app.lib.shared_secrets import Forged, SharedSecret
from app.lib.signatures import Malformed, UnknownHeader, UnusableKey

LONGEST = 900  # seconds, what Auth0 gives a token when nothing else is said
ANSWERED = 60  # seconds for the way back
LONGEST_STATE = 1024  # characters
PARAMETER = "session_token"
_TOLD = ("locale", "sid", "auth_time", "signed_up_at", "traits", "claims", "moment")


class Session(msgspec.Struct, frozen=True):
    """A login that waits, as its token tells; `digest` names the token."""

    body: TicketBody
    digest: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Session({self.expires_at})"


def read_session(
    auth0: Auth0, token: str, state: str, at: datetime, environ: Mapping[str, str] | None = None
) -> Session:
    """Whom the tenant sends, and for which login. Raises Refused."""
    if not token:
        raise Refused("token_missing")
    if not 0 < len(state) <= LONGEST_STATE or not state.isprintable():
        raise Refused("state_missing")
    claims = _claims(auth0, token, environ)
    expires = _check(auth0, claims, state, at)
    return Session(
        body=_body(auth0, claims, state),
        # What is signed, and not the text: whoever can spell it otherwise has the same token.
        digest=sha256(token.rpartition(".")[0].encode()).hexdigest(),
        expires_at=datetime.fromtimestamp(expires, UTC),
    )


def admit_session(
    connection: Connection, keyring: Keyring, ticket: Ticket, session: Session, at: datetime
) -> str | None:
    """A ticket for the first who brings this token, of all in all processes; then None."""
    place = (ticket.workspace, ticket.site)
    until = session.expires_at + timedelta(seconds=2 * SKEW)
    if not use_name(connection, place, f"auth0:{session.digest}", until):
        return None
    return issue_ticket(connection, keyring, ticket, at)


def write_answer(
    auth0: Auth0, told: dict[str, Any], at: datetime, environ: Mapping[str, str] | None = None
) -> str:
    """What the Action validates: `told` has `iss`, `sub`, `state` and what came of it."""
    issued = int(at.timestamp())
    claims = {**told, "iat": issued, "exp": issued + ANSWERED}
    return _secret(auth0, environ).write(claims)


def _claims(auth0: Auth0, token: str, environ: Mapping[str, str] | None) -> dict[str, Any]:
    try:
        return _secret(auth0, environ).read(token)
    except Malformed:
        raise Refused("token_malformed") from None
    except UnknownHeader:
        raise Refused("token_header") from None
    except Forged:
        raise Refused("token_signature") from None


def _secret(auth0: Auth0, environ: Mapping[str, str] | None) -> SharedSecret:
    try:
        return _shared((os.environ if environ is None else environ).get(auth0.secret_env, ""))
    except UnusableKey:
        raise Refused("key_unusable") from None


@lru_cache(maxsize=256)
def _shared(secret: str) -> SharedSecret:
    return SharedSecret(secret)


def _check(auth0: Auth0, claims: Mapping[str, Any], state: str, at: datetime) -> int:
    """When the token ends, in seconds. Raises Refused."""
    if claims.get("iss") not in auth0.issuers:
        raise Refused("token_issuer")
    if claims.get("state", state) != state:
        raise Refused("state_missing")
    issued, expires = numeric_date(claims, "iat"), numeric_date(claims, "exp")
    if issued is None or expires is None:
        raise Refused("token_claims")
    if issued > at.timestamp() + SKEW:
        raise Refused("token_early")
    if not issued < expires <= issued + LONGEST:
        raise Refused("token_lifetime")
    if expires <= at.timestamp() - SKEW:
        raise Refused("token_expired")
    return expires


def _body(auth0: Auth0, claims: Mapping[str, Any], state: str) -> TicketBody:
    """What the Action told in the payload; a login that is sent to us is one, and counts."""
    told = {name: claims[name] for name in _TOLD if claims.get(name) is not None}
    named = "sid" in told or "auth_time" in told
    told |= {} if named else {"auth_time": claims["iat"]}
    sub = identifier(claims, "sub", "token_subject")
    try:
        body = msgspec.convert(
            {**told, "sub": sub, "state": state, "return_to": auth0.continues, "way": "auth0"},
            TicketBody,
        )
    except msgspec.ValidationError:
        raise Refused("token_claims") from None
    if not can_carry(body.claims):
        raise Refused("token_claims")
    return body

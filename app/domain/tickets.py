"""The ticket: a secret that opens the widget once, within a minute, for one person on one site."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, update

from app.domain.sites import Mode
from app.domain.tables import tickets
from app.domain.times import to_milliseconds
from app.lib.db import Prepared
from app.lib.sealing import Keyring, Unsealable

LIFETIME = timedelta(seconds=60)
_PURPOSE = "ticket/1"
_TEXT = 43  # characters of 256 bits

View = Literal["step", "profile"]


class TicketBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the site's backend said when it asked for the ticket. Times are seconds since 1970.

    `traits` holds only what the site supplies; `claims` is what audiences may ask for; `clock` is a
    sandbox site's time. `way` is how an errand ends; `issued` is ours, the millisecond at which
    the ticket was made.
    """

    sub: str
    view: View = "step"
    origin: str | None = None
    locale: str | None = None
    auth_time: int | None = None
    sid: str | None = None
    signed_up_at: int | None = None
    traits: dict[str, Any] = {}
    claims: dict[str, Any] = {}
    moment: dict[str, Any] = {}
    theme: str | None = None
    return_to: str | None = None
    state: str | None = None
    clock: int | None = None
    debug: bool = False
    way: Literal["code", "auth0"] = "code"
    issued: int = 0

    def __repr__(self) -> str:
        return f"TicketBody({self.view})"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where a ticket is good for, and what it says."""

    workspace: str
    site: str
    mode: Mode
    body: TicketBody


_decoder = msgspec.json.Decoder(TicketBody)
_insert = Prepared(
    insert(tickets).values(
        {name: bindparam(name) for name in ("hash", "workspace", "site", "mode", "body")}
        | {"expires_at": bindparam("expires_at"), "used_at": None}
    )
)
_consume = Prepared(
    update(tickets)
    .where(
        tickets.c.hash == bindparam("ticket"),
        tickets.c.mode == bindparam("wanted"),
        tickets.c.used_at.is_(None),
        tickets.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(tickets.c.workspace, tickets.c.site, tickets.c.body)
)
_purge = Prepared(delete(tickets).where(tickets.c.expires_at <= bindparam("now")))


def issue_ticket(connection: Connection, keyring: Keyring, ticket: Ticket, at: datetime) -> str:
    """The text of a new ticket."""
    place = (ticket.workspace, ticket.site, ticket.mode)
    body = msgspec.structs.replace(ticket.body, issued=to_milliseconds(at))
    said = (_PURPOSE, msgspec.json.encode(body))
    return issue_secret(connection, keyring, place, said, at)


def issue_secret(
    connection: Connection,
    keyring: Keyring,
    place: tuple[str, str, str],
    said: tuple[str, bytes],
    at: datetime,
) -> str:
    """The text of a new secret: 256 random bits, known to nobody but who is told it here.

    Only its hash is stored, and what it says about the person is sealed. `place` is workspace,
    site and mode; `said` is the purpose of the seal, and what is sealed.
    """
    text = secrets.token_urlsafe(32)
    hashed = _hash(text)
    workspace, site, mode = place
    purpose, payload = said
    _insert.run(
        connection,
        hash=hashed,
        workspace=workspace,
        site=site,
        mode=mode,
        body=keyring.seal_bytes(purpose, payload, hashed),
        expires_at=at + LIFETIME,
    )
    return text


def consume_ticket(
    connection: Connection, keyring: Keyring, text: str, mode: Mode, at: datetime
) -> Ticket | None:
    """The ticket of that text and mode, for exactly one caller of all processes; then None.

    None also for one that is unknown, expired or made for another mode (which stays unspent).
    """
    hashed = hash_secret(text)
    if hashed is None:
        return None
    row = _consume.one(connection, ticket=hashed, wanted=mode, now=at)
    if row is None:
        return None
    workspace, site, sealed = row
    try:
        body = _decoder.decode(keyring.open_bytes(_PURPOSE, sealed, hashed))
    except (Unsealable, msgspec.DecodeError):
        # Sealed by a secret that is no longer ours, or by a newer process.
        return None
    return Ticket(workspace, site, mode, body)


def purge_tickets(connection: Connection, at: datetime) -> int:
    """Delete what has expired, used or not. Returns how many."""
    return _purge.run(connection, now=at)


def hash_secret(text: str) -> bytes | None:
    """What is stored of a secret; None for a text that is none."""
    return _hash(text) if len(text) == _TEXT and text.isascii() else None


def _hash(text: str) -> bytes:
    return sha256(text.encode("ascii")).digest()

"""The API key: a long-lived secret by which a backend without signatures shows whose it is.

Its text is `ak_`, its id, and 256 random bits, told once. Only the SHA-256 of it is stored: what
nobody can guess needs no slow hash, which is for what people choose. It is found by that hash, so
that no comparison of ours takes longer the nearer a guess comes.
"""

import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from app.domain.backchannel import SCOPES, Client, Scope
from app.domain.refusals import Refused
from app.domain.sites import Site
from app.domain.tables import api_keys
from app.lib.db import Database, DatabaseError, Prepared

PREFIX = "ak_"
OVERLAP = timedelta(days=7)
# A key that was revoked dies within this in every process, and a live one costs a look-up so often.
REMEMBERED = 1.0  # seconds
_TEXT = re.compile(r"ak_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


class ApiKey(NamedTuple):
    """A key as it is stored, without anything that would let its text be found."""

    id: str
    workspace: str
    site: str
    scopes: tuple[Scope, ...]
    note: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_on: date | None = None

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class UnknownKey(Exception):
    """There is no live key of that id: never made, revoked or expired."""


_COLUMNS = [column for column in api_keys.c if column.name != "hash"]
_FIND = Prepared(select(*_COLUMNS).where(api_keys.c.hash == bindparam("hash")))
_USED = Prepared(
    update(api_keys)
    .where(
        api_keys.c.id == bindparam("key"),
        or_(api_keys.c.last_used_on.is_(None), api_keys.c.last_used_on < bindparam("day")),
    )
    .values(last_used_on=bindparam("day"))
)


def _key(row: Iterable[Any]) -> ApiKey:
    key = ApiKey._make(row)
    known = tuple(scope for scope in SCOPES if scope in str(key.scopes).split())
    return key._replace(scopes=known)


# What operators do


def create_key(connection: Connection, key: ApiKey) -> tuple[ApiKey, str]:
    """Store a key like this one, under an id of its own. Returns it, and the text to show once."""
    identity = secrets.token_hex(6)
    text = f"{PREFIX}{identity}_{secrets.token_urlsafe(32)}"
    made = key._replace(id=identity, revoked_at=None, last_used_on=None)
    values = {**made._asdict(), "scopes": " ".join(made.scopes)}
    connection.execute(insert(api_keys).values(hash=_hash(text), **values))
    return made, text


def list_keys(connection: Connection, workspace: str | None = None) -> list[ApiKey]:
    """Every key, the oldest first, those that are dead too."""
    rows = select(*_COLUMNS).order_by(api_keys.c.created_at, api_keys.c.id)
    if workspace is not None:
        rows = rows.where(api_keys.c.workspace == workspace)
    return [_key(row) for row in connection.execute(rows)]


def rotate_key(
    connection: Connection,
    identity: str,
    at: datetime,
    overlap: timedelta = OVERLAP,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key for the same; the one of that id goes on for `overlap`. Raises UnknownKey."""
    former = _live(connection, identity, at)
    end = min(at + overlap, former.expires_at or at + overlap)
    _change(connection, identity, expires_at=end)
    return create_key(connection, former._replace(created_at=at, expires_at=expires_at))


def revoke_key(connection: Connection, identity: str, at: datetime) -> ApiKey:
    """The key of that id is good for nothing any more. Raises UnknownKey."""
    key = _live(connection, identity, at)
    _change(connection, identity, revoked_at=at)
    return key._replace(revoked_at=at)


def _live(connection: Connection, identity: str, at: datetime) -> ApiKey:
    one = select(*_COLUMNS).where(api_keys.c.id == identity).with_for_update()
    row = connection.execute(one).one_or_none()
    if row is None or not _key(row).is_live(at):
        raise UnknownKey(f"There is no live key {identity}.")
    return _key(row)


def _change(connection: Connection, identity: str, **members: datetime) -> None:
    connection.execute(update(api_keys).where(api_keys.c.id == identity).values(**members))


# What backends do


def is_api_key(credential: str) -> bool:
    """Whether it is meant to be one; no JWT begins so."""
    return credential.startswith(PREFIX)


def client_of(key: ApiKey, scope: Scope, site: Site | None) -> Client:
    """The backend that showed a live key of this site, for what it was made. Raises Refused."""
    if site is None:
        raise Refused("api_key")
    if scope not in key.scopes:
        raise Refused("api_key_scope")
    return Client(key.workspace, key.site, site)


class ApiKeys:
    """The keys that this process saw within the last second."""

    def __init__(self) -> None:
        self._seen: dict[bytes, tuple[float, ApiKey]] = {}

    async def find(self, database: Database, text: str, at: datetime) -> ApiKey:
        """The live key of that text. Raises Refused, and DatabaseError without a database.

        One refusal for a text that is none and for a key that is unknown, revoked or expired.
        """
        if not _TEXT.fullmatch(text):
            raise Refused("api_key")
        hashed = _hash(text)
        until, key = self._seen.get(hashed, (0.0, None))
        if key is None or until < monotonic():
            asked = monotonic()
            key = await _look_up(database, hashed, at)
            self._remember(hashed, asked + REMEMBERED, key)
        if not key.is_live(at):
            raise Refused("api_key")
        return key

    def _remember(self, hashed: bytes, until: float, key: ApiKey) -> None:
        # Only keys that we made are kept: there are never more than rows.
        self._seen[hashed] = until, key


async def _look_up(database: Database, hashed: bytes, at: datetime) -> ApiKey:
    row = await database.look_up(_FIND, hash=hashed)
    if row is None:
        raise Refused("api_key")
    key = _key(row)
    if key.is_live(at) and (key.last_used_on is None or key.last_used_on < at.date()):
        await _note_use(database, key, at.date())
    return key


async def _note_use(database: Database, key: ApiKey, day: date) -> None:
    """Once a day: a write for each request would make keys dearer than what they open."""
    try:
        await database.write(lambda connection: _USED.run(connection, key=key.id, day=day))
    except DatabaseError:
        # That it was used is told tomorrow, or by the next; what was asked goes on.
        return


def _hash(text: str) -> bytes:
    return sha256(text.encode("ascii")).digest()

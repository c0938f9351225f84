"""The jti: the name of an assertion that is good for one use, kept for as long as it could live."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.postgresql import insert

from app.domain.assertions import Assertion
from app.domain.site_tokens import SKEW
from app.domain.tables import jtis
from app.lib.db import Prepared

# An assertion is believed for SKEW seconds past its end, and who purges may have a clock that goes
# before that of who verifies by as much.
_KEPT = timedelta(seconds=2 * SKEW)
_NAMES = ("workspace", "site", "jti", "expires_at")
_use = Prepared(
    insert(jtis).values({name: bindparam(name) for name in _NAMES}).on_conflict_do_nothing()
)
_purge = Prepared(delete(jtis).where(jtis.c.expires_at <= bindparam("now")))


def use_jti(connection: Connection, assertion: Assertion) -> bool:
    """Whether this use of an assertion is the first, of all in all processes.

    It comes after the signature: else a stranger could use up what a site has yet to sign. False
    also for an assertion without a jti, which no mode that asks for one lets through.
    """
    if assertion.jti is None:
        return False
    place = (assertion.workspace, assertion.site)
    return use_name(connection, place, assertion.jti, assertion.expires_at + _KEPT)


def use_name(connection: Connection, place: tuple[str, str], name: str, until: datetime) -> bool:
    """Whether nobody used this name before, at the site of a workspace and a key."""
    workspace, site = place
    used = _use.run(connection, workspace=workspace, site=site, jti=name, expires_at=until)
    return used == 1


def purge_jtis(connection: Connection, at: datetime) -> int:
    """Delete those whose assertions nobody believes any more. Returns how many."""
    return _purge.run(connection, now=at)

"""The lease: which of several processes does a job at the moment."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_
from sqlalchemy.dialects.postgresql import insert

from app.domain.tables import leases

LASTS = timedelta(seconds=30)


def take_lease(connection: Connection, name: str, holder: str, at: datetime) -> bool:
    """Hold the lease for half a minute from now; False while somebody else holds it."""
    offered = insert(leases).values(name=name, holder=holder, until=at + LASTS)
    taken = offered.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": offered.excluded.holder, "until": offered.excluded.until},
        where=or_(leases.c.until <= at, leases.c.holder == holder),
    )
    return connection.execute(taken).rowcount == 1

"""The jobs are done by who holds the lease, and wait for a database that is away."""

from datetime import timedelta

from sqlalchemy import Connection, func, select

from app.domain.leases import take_lease
from app.domain.limits import Limits, Rates
from app.domain.releases import Releases
from app.domain.tables import tickets
from app.domain.tickets import Ticket, TicketBody, issue_ticket, purge_tickets
from app.jobs import run_job
from app.lib.db import Database
from app.lib.sealing import Keyring
from app.runtime import Runtime
from app.settings import Settings

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"


def runtime_on(database: Database) -> Runtime:
    settings = Settings(url="http://localhost:8000", secrets=(SECRET,))
    limits, keyring = Limits(Rates(0, 0, 0, 0)), Keyring.from_secrets([SECRET])
    return Runtime(settings, database, Releases(database), keyring, limits)


def count_tickets(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(tickets)).scalar_one()


async def leave_tickets(runtime: Runtime) -> None:
    """One ticket that has expired and one that is good."""
    ticket = Ticket("acme", "shop", "frame", TicketBody(sub="u1"))
    now = runtime.now()
    for at in (now - timedelta(minutes=5), now):
        await runtime.database.write(issue_ticket, runtime.keyring, ticket, at)


async def test_expired_tickets_go_and_good_ones_stay(database: Database) -> None:
    runtime = runtime_on(database)
    await leave_tickets(runtime)
    await run_job(runtime, "purge_tickets", purge_tickets, "me")
    assert await database.read(count_tickets) == 1


async def test_a_job_is_left_to_the_process_that_holds_its_lease(database: Database) -> None:
    runtime = runtime_on(database)
    await leave_tickets(runtime)
    await database.write(take_lease, "purge_tickets", "another", runtime.now())
    await run_job(runtime, "purge_tickets", purge_tickets, "me")
    assert await database.read(count_tickets) == 2


async def test_a_database_that_is_away_ends_no_job_for_good() -> None:
    nobody = Database("postgresql+asyncpg://nobody@127.0.0.1:9/none", connect_timeout=0.2)
    await nobody.open()
    await run_job(runtime_on(nobody), "purge_tickets", purge_tickets, "me")
    await nobody.close()

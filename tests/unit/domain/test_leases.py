"""One of several processes does a job at a time."""

from datetime import UTC, datetime, timedelta

from app.domain.leases import LASTS, take_lease
from app.lib.db import Database

AT = datetime(2026, 5, 3, 9, tzinfo=UTC)


async def test_a_lease_is_held_by_one_and_renewed_by_its_holder(database: Database) -> None:
    assert await database.write(take_lease, "purge", "one", AT)
    assert not await database.write(take_lease, "purge", "two", AT)
    assert await database.write(take_lease, "purge", "one", AT + timedelta(seconds=20))
    assert not await database.write(take_lease, "purge", "two", AT + LASTS)


async def test_a_lease_that_ran_out_goes_to_whoever_asks(database: Database) -> None:
    await database.write(take_lease, "purge", "one", AT)
    assert await database.write(take_lease, "purge", "two", AT + LASTS)
    assert not await database.write(take_lease, "purge", "one", AT + LASTS)


async def test_leases_of_different_jobs_do_not_mind_each_other(database: Database) -> None:
    assert await database.write(take_lease, "purge", "one", AT)
    assert await database.write(take_lease, "other", "two", AT)

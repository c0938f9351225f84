import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from app.domain.assertions import Assertion
from app.domain.jtis import purge_jtis, use_jti
from app.domain.site_tokens import SKEW
from app.domain.tables import jtis
from app.lib.db import Database


@pytest.fixture
def assertion(at: datetime) -> Assertion:
    return Assertion(
        workspace="acme",
        site="shop",
        sub="vera",
        mode="element",
        origin="https://shop.example",
        issued_at=at,
        expires_at=at + timedelta(seconds=300),
        jti="a name of one use, by the shop",
    )


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(jtis)).scalar_one()


async def test_an_assertion_is_good_once(database: Database, assertion: Assertion) -> None:
    assert await database.write(use_jti, assertion)
    assert not await database.write(use_jti, assertion)


async def test_another_name_site_or_workspace_is_another_assertion(
    database: Database, assertion: Assertion
) -> None:
    changes: list[dict[str, Any]] = [
        {}, {"jti": "another name of one use"}, {"site": "club"}, {"workspace": "other"}
    ]  # fmt: skip
    used = [await database.write(use_jti, replace(assertion, **change)) for change in changes]
    assert used == [True] * 4


async def test_an_assertion_without_a_name_of_its_own_is_none_of_one_use(
    database: Database, assertion: Assertion
) -> None:
    assert not await database.write(use_jti, replace(assertion, jti=None))
    assert await database.read(count) == 0


async def test_of_many_uses_at_once_in_two_processes_one_is_the_first(
    database: Database, database_url: str, assertion: Assertion
) -> None:
    other = Database(database_url)
    await other.open()
    tries = [one.write(use_jti, assertion) for one in (database, other) for _ in range(8)]
    used = await asyncio.gather(*tries)
    await other.close()
    assert sorted(used) == [False] * 15 + [True]


async def test_what_was_used_is_known_after_a_restart(
    database_url: str, assertion: Assertion
) -> None:
    used = []
    for _ in range(2):
        process = Database(database_url)
        await process.open()
        used.append(await process.write(use_jti, assertion))
        await process.close()
    assert used == [True, False]


@pytest.mark.parametrize(
    ("seconds", "purged"), [(0, 0), (300, 0), (300 + SKEW, 0), (300 + 2 * SKEW, 1)]
)
async def test_it_is_forgotten_when_nobody_believes_the_assertion_any_more(
    database: Database, assertion: Assertion, at: datetime, seconds: int, purged: int
) -> None:
    await database.write(use_jti, assertion)
    later = at + timedelta(seconds=seconds)
    assert await database.write(purge_jtis, later) == purged
    assert await database.write(use_jti, assertion) is bool(purged)

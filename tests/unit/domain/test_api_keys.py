from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.domain import api_keys as module
from app.domain.api_keys import (
    ApiKey,
    ApiKeys,
    UnknownKey,
    client_of,
    create_key,
    is_api_key,
    list_keys,
    revoke_key,
    rotate_key,
)
from app.domain.refusals import Refused
from app.domain.tables import api_keys
from app.lib.db import Database
from tests.unit.signing import shop

DAY = timedelta(days=1)
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KEY = ApiKey("", "acme", "shop", ("tickets", "sessions"), "the shop's backend", AT)


async def create(database: Database, **changes: Any) -> tuple[ApiKey, str]:
    return await database.write(create_key, KEY._replace(**changes))


async def refusal(database: Database, text: str, at: datetime, keys: ApiKeys | None = None) -> str:
    with pytest.raises(Refused) as refused:
        await (keys or ApiKeys()).find(database, text, at)
    return refused.value.code


def stored(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(select(api_keys))]


async def test_a_key_is_found_by_its_text(database: Database, at: datetime) -> None:
    made, text = await create(database)
    assert await ApiKeys().find(database, text, at) == made == KEY._replace(id=made.id)
    assert is_api_key(text)


async def test_neither_the_text_nor_its_secret_is_stored(database: Database) -> None:
    _, text = await create(database)
    (row,) = await database.read(stored)
    assert text[-43:] not in repr(row)
    assert len(row[0]) == 32


async def test_no_two_keys_are_alike(database: Database) -> None:
    texts = {(await create(database))[1] for _ in range(20)}
    assert len(texts) == len({text[:15] for text in texts}) == 20


async def test_whatever_is_no_live_key_is_refused_alike(database: Database, at: datetime) -> None:
    made, text = await create(database)
    _, ended = await create(database, expires_at=at)
    gone, revoked = await create(database)
    await database.write(revoke_key, gone.id, at)
    other = text[:-1] + ("A" if text[-1] != "A" else "E")
    bad = ["ak_", "ak_x", other, text + "A", text.upper(), f" {text}", "ak_\u0661", ended, revoked]
    bad += [f"ak_{made.id}_{'A' * 43}", text.replace(made.id, gone.id)]
    assert {await refusal(database, one, at) for one in bad} == {"api_key"}


@pytest.mark.parametrize(("days", "is_live"), [(-1, True), (0, False), (1, False)])
def test_a_key_lives_until_its_end(at: datetime, days: int, is_live: bool) -> None:
    assert KEY._replace(expires_at=at).is_live(at + days * DAY) is is_live


async def test_a_rotation_leaves_two_live_keys_for_a_while(
    database: Database, at: datetime
) -> None:
    made, former = await create(database)
    new, text = await database.write(rotate_key, made.id, at, 2 * DAY)
    assert new == made._replace(id=new.id)
    for one in (former, text):
        assert (await ApiKeys().find(database, one, at + DAY)).scopes == KEY.scopes
    assert await refusal(database, former, at + 2 * DAY) == "api_key"
    assert await ApiKeys().find(database, text, at + 2 * DAY)


async def test_a_rotation_prolongs_nothing(database: Database, at: datetime) -> None:
    made, former = await create(database, expires_at=at + DAY)
    await database.write(rotate_key, made.id, at, 7 * DAY)
    assert await refusal(database, former, at + DAY) == "api_key"


@pytest.mark.parametrize("change", [rotate_key, revoke_key])
async def test_what_ended_is_neither_rotated_nor_revoked(
    database: Database, at: datetime, change: Any
) -> None:
    made, _ = await create(database)
    await database.write(revoke_key, made.id, at)
    for identity in (made.id, "0123456789ab", "' OR 1=1"):
        with pytest.raises(UnknownKey):
            await database.write(change, identity, at)


async def test_a_key_that_was_revoked_dies_in_every_process_within_two_seconds(
    database: Database, database_url: str, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, text = await create(database)
    other = Database(database_url)
    await other.open()
    processes = [(database, ApiKeys()), (other, ApiKeys())]
    for one, keys in processes:
        await keys.find(one, text, at)
    await database.write(revoke_key, made.id, at)
    later = monotonic() + 2
    monkeypatch.setattr(module, "monotonic", lambda: later)
    for one, keys in processes:
        assert await refusal(one, text, at, keys) == "api_key"
    await other.close()


async def test_a_live_key_is_looked_up_once_a_second(database: Database, at: datetime) -> None:
    _, text = await create(database)
    keys = ApiKeys()
    with database.counting() as counted:
        for _ in range(50):
            await keys.find(database, text, at)
    assert counted.reads <= 2


async def test_a_key_that_ends_within_the_second_ends(database: Database, at: datetime) -> None:
    _, text = await create(database, expires_at=at + timedelta(milliseconds=500))
    keys = ApiKeys()
    await keys.find(database, text, at)
    assert await refusal(database, text, at + timedelta(milliseconds=500), keys) == "api_key"


async def test_a_key_says_on_which_day_it_was_used_last(database: Database, at: datetime) -> None:
    _, text = await create(database)
    with database.counting() as counted:
        for hours in (0, 1, 2, 24, 25, 0):  # a clock may go back
            await ApiKeys().find(database, text, at + timedelta(hours=hours))
    assert counted.transactions == 2
    (key,) = await database.read(list_keys)
    assert key.last_used_on == (at + DAY).date()


async def test_what_is_refused_writes_nothing(database: Database, at: datetime) -> None:
    _, ended = await create(database, expires_at=at)
    with database.counting() as counted:
        for text in ("ak_x", ended, ended[:-43] + "A" * 43):
            await refusal(database, text, at)
    assert (counted.reads, counted.transactions) == (2, 0)


async def test_keys_are_listed_by_workspace(database: Database) -> None:
    made, _ = await create(database)
    await create(database, workspace="other")
    assert await database.read(list_keys, "acme") == [made]
    assert len(await database.read(list_keys)) == 2


def test_a_key_is_for_its_scopes_and_for_a_site_that_there_is() -> None:
    site = shop()
    assert client_of(KEY, "tickets", site).site is site
    with pytest.raises(Refused, match=r"^api_key_scope$"):
        client_of(KEY, "fragments", site)
    with pytest.raises(Refused, match=r"^api_key$"):
        client_of(KEY, "tickets", None)


async def test_a_scope_that_this_program_does_not_know_is_none(database: Database) -> None:
    await create(database, scopes=("tickets", "everything"))
    (key,) = await database.read(list_keys)
    assert key.scopes == ("tickets",)

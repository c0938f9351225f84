"""The releases a process holds: what was published is picked up, and nothing bad replaces them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text, update

from app.domain.publishing import publish
from app.domain.releases import Releases, UnknownRelease
from app.domain.tables import releases, workspaces
from app.lib.db import Database
from tests.unit.domain.documents import SOUND, sound

Told = list[tuple[str, dict[str, Any]]]
RETITLED = SOUND.replace("title: Work", "title: Your work")
OTHER = SOUND.replace("workspace: acme", "workspace: other")


async def published(database: Database, source: str, at: datetime) -> None:
    await database.write(publish, sound(source), author="ada", note="", source=source, at=at)


async def spoil(database: Database, number: int, body: bytes) -> None:
    await database.write(
        lambda connection: connection.execute(
            update(releases).where(releases.c.number == number).values(document=body)
        )
    )


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def held(database: Database, told: Told) -> Releases:
    def tell(event: str, details: Mapping[str, Any]) -> None:
        told.append((event, dict(details)))

    return Releases(database, tell)


async def test_nothing_is_held_before_something_is_published(held: Releases) -> None:
    await held.poll()
    assert held.active("acme") is None
    assert held.find_site("acme.shop") is None


async def test_a_poll_brings_what_was_published(
    held: Releases, database: Database, at: datetime
) -> None:
    for source, title in ((SOUND, "Work"), (RETITLED, "Your work")):
        await published(database, source, at)
        await held.poll()
        release = held.active("acme")
        assert release is not None
        assert release.steps["work"].title == title


async def test_a_site_is_found_by_its_public_id(
    held: Releases, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await published(database, OTHER, at)
    await held.poll()
    for workspace in ("acme", "other"):
        found = held.find_site(f"{workspace}.shop")
        assert found is not None
        assert (found[0], found[1]) == (held.active(workspace), "shop")
        assert found[2].name == "Shop"
    assert held.find_site("acme.club") is None


async def test_a_site_that_was_taken_out_is_no_longer_found(
    held: Releases, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await held.poll()
    await published(database, SOUND.replace("  shop:", "  club:"), at)
    await held.poll()
    assert held.find_site("acme.shop") is None
    assert held.find_site("acme.club") is not None


async def test_a_poll_without_news_is_one_statement(
    held: Releases, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await published(database, OTHER, at)
    await held.poll()
    before = held.active("acme")
    with database.counting() as counted:
        await held.poll()
    assert (counted.reads, counted.transactions) == (1, 0)
    assert held.active("acme") is before


async def test_a_broken_release_never_replaces_a_good_one(
    held: Releases, told: Told, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await held.poll()
    good = held.active("acme")
    await published(database, RETITLED, at)
    await spoil(database, 2, b"{}")
    await published(database, OTHER, at)
    await held.poll()
    await held.poll()
    assert held.active("acme") is good
    assert held.active("other") is not None
    assert told == [("release_not_readable", {"workspace": "acme", "release": 2})]


async def rename(database: Database, table: str, new: str) -> None:
    statement = text(f"ALTER TABLE {table} RENAME TO {new}")
    await database.write(lambda connection: connection.execute(statement))


async def test_while_the_database_fails_what_is_held_stays_and_then_it_recovers(
    held: Releases, told: Told, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await held.poll()
    good = held.active("acme")
    await published(database, RETITLED, at)
    await rename(database, "workspaces", "gone")
    await held.poll()
    await held.poll()
    assert held.active("acme") is good
    assert [event for event, _ in told] == ["releases_not_polled"]
    await rename(database, "gone", "workspaces")
    await held.poll()
    release = held.active("acme")
    assert release is not None
    assert release.number == 2


async def test_a_database_that_fails_between_is_asked_again(
    held: Releases, told: Told, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await rename(database, "releases", "gone")
    await held.poll()
    assert held.active("acme") is None
    await rename(database, "gone", "releases")
    await held.poll()
    assert held.active("acme") is not None
    assert [event for event, _ in told] == ["releases_not_polled"]


async def test_an_older_release_is_loaded_once(
    held: Releases, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await published(database, RETITLED, at)
    await held.poll()
    first = await held.load("acme", 1)
    assert first.steps["work"].title == "Work"
    with database.counting() as counted:
        assert await held.load("acme", 1) is first
        assert await held.load("acme", 2) is held.active("acme")
    assert counted.reads == 0


async def test_a_release_that_does_not_exist_cannot_be_loaded(
    held: Releases, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    for workspace, number in (("acme", 7), ("nobody", 1)):
        with pytest.raises(UnknownRelease):
            await held.load(workspace, number)


@pytest.mark.parametrize("body", [b"", b"{", b'{"format":99,"document":{},"ids":{}}'])
async def test_a_release_of_another_program_cannot_be_loaded(
    held: Releases, database: Database, at: datetime, body: bytes
) -> None:
    await published(database, SOUND, at)
    await spoil(database, 1, body)
    with pytest.raises(UnknownRelease):
        await held.load("acme", 1)


async def test_silencing_is_picked_up_without_a_publication(
    held: Releases, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await held.poll()
    pause = update(workspaces).values(paused_steps='["work"]', changed=workspaces.c.changed + 1)
    await database.write(lambda connection: connection.execute(pause))
    await held.poll()
    release = held.active("acme")
    assert release is not None
    assert release.number == 1
    assert release.is_paused("work")


async def test_a_row_that_nobody_can_read_does_not_stop_the_polling(
    held: Releases, told: Told, database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await held.poll()
    good = held.active("acme")
    broken = update(workspaces).values(paused_steps="[", changed=workspaces.c.changed + 1)
    await database.write(lambda connection: connection.execute(broken))
    await held.poll()
    assert held.active("acme") is good
    assert [event for event, _ in told] == ["releases_not_polled"]


async def test_watching_ends_when_it_is_cancelled(held: Releases) -> None:
    watching = asyncio.create_task(held.watch())
    await asyncio.sleep(0)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching

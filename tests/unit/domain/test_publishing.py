"""Publishing: atomic, in order, once; ids stay with their answers; files never roll back."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.heads import find_release, list_heads
from app.domain.publishing import Published, apply_at_start, publish
from app.domain.release import Release
from app.domain.releases import Releases
from app.domain.stored import allot_ids, digest_of, from_bytes
from app.domain.tables import drafts, releases, workspaces
from app.domain.workspace import Workspace
from app.lib.db import Database
from tests.unit.domain.documents import SOUND, sound

RENAMED = SOUND.replace("company: {", "firm: {renamed_from: company, ").replace(
    "[company]", "[firm]"
)
RETITLED = SOUND.replace("title: Work", "title: Your work")


async def published(database: Database, source: str, at: datetime) -> Published:
    return await database.write(
        publish, sound(source), author="ada", note="because", source=source, at=at
    )


async def started(database: Database, source: str, at: datetime, **kw: Any) -> Published | None:
    return await database.write(apply_at_start, sound(source), source=source, at=at, **kw)


async def active(database: Database) -> Release:
    held = Releases(database)
    await held.poll()
    release = held.active("acme")
    assert release is not None
    return release


async def test_the_first_release_is_number_one_and_active(database: Database, at: datetime) -> None:
    assert await published(database, SOUND, at) == Published(1, is_new=True)
    release = await active(database)
    assert (release.number, release.document) == (1, sound())


async def test_a_release_keeps_who_when_why_and_the_source(
    database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    row = await database.read(lambda connection: connection.execute(select(releases)).one())
    assert (row.author, row.note, row.at, row.source) == ("ada", "because", at, SOUND)


async def test_the_same_document_publishes_nothing(database: Database, at: datetime) -> None:
    await published(database, SOUND, at)
    same = SOUND.replace("fields: [company]", "fields: [{attribute: company, required: false}]")
    assert await published(database, same + "# more\n", at) == Published(1, is_new=False)


async def test_rolling_back_is_a_new_number(database: Database, at: datetime) -> None:
    numbers = [
        (await published(database, source, at)).number for source in (SOUND, RETITLED, SOUND)
    ]
    assert numbers == [1, 2, 3]


async def test_a_published_release_never_changes(database: Database, at: datetime) -> None:
    await published(database, SOUND, at)
    before = await database.read(find_release, "acme", 1)
    await published(database, RENAMED, at)
    assert await database.read(find_release, "acme", 1) == before


async def test_the_draft_follows_with_a_version_of_its_own(
    database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await published(database, RETITLED, at)
    row = await database.read(lambda connection: connection.execute(select(drafts)).one())
    assert (row.version, row.source) == (2, RETITLED)


async def test_a_renamed_attribute_keeps_its_id_there_and_back(
    database: Database, at: datetime
) -> None:
    ids = []
    for source, key in ((SOUND, "company"), (RENAMED, "firm"), (SOUND, "company")):
        await published(database, source, at)
        ids.append((await active(database)).attribute_id(key))
    assert len(set(ids)) == 1


async def test_a_new_attribute_under_a_former_key_gets_an_id_of_its_own(
    database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    await published(database, RENAMED, at)
    both = RENAMED.replace("renamed_from: company, ", "").replace(
        "  plan:", "  company: {kind: text}\n  plan:"
    )
    await published(database, both, at)
    release = await active(database)
    assert release.attribute_id("firm") == (await _load(database, 1)).attribute_id("company")
    others = {release.attribute_id(key) for key in release.attributes if key != "company"}
    assert release.attribute_id("company") not in others


async def _load(database: Database, number: int) -> Release:
    return await Releases(database).load("acme", number)


async def test_an_id_is_never_given_to_another_attribute(database: Database, at: datetime) -> None:
    taken: dict[str, str] = {}
    for n in range(4):
        key = f"only_{n}"
        source = SOUND.replace("company: {", f"{key}: {{").replace("[company]", f"[{key}]")
        await published(database, source, at)
        taken[key] = (await active(database)).attribute_id(key)
    assert len(set(taken.values())) == len(taken)


@pytest.mark.parametrize(
    ("active", "former", "next_id", "ids", "free"),
    [
        ({}, {}, 1, {"a": 1, "b": 2}, 3),
        ({"a": 5}, {"a": 5}, 6, {"a": 5, "b": 6}, 7),
        ({"old": 5}, {"old": 5}, 6, {"a": 6, "b": 5}, 7),
        ({"old": 5, "b": 4}, {"old": 5, "b": 4}, 6, {"a": 6, "b": 4}, 7),
        ({"old": 5}, {"a": 5, "old": 5}, 6, {"a": 6, "b": 5}, 7),
        ({}, {"a": 3, "b": 2}, 9, {"a": 3, "b": 2}, 9),
        ({}, {"a": 3, "b": 3}, 9, {"a": 3, "b": 9}, 10),
    ],
)
def test_ids_stay_are_inherited_return_or_are_new(
    active: dict[str, int], former: dict[str, int], next_id: int, ids: dict[str, int], free: int
) -> None:
    document = Workspace.model_validate(
        {
            "askonce": 1,
            "workspace": "acme",
            "attributes": {"a": {"kind": "text"}, "b": {"kind": "text", "renamed_from": "old"}},
        }
    )
    assert allot_ids(document, active, former, next_id) == (ids, free)


async def test_two_that_publish_at_once_get_two_numbers(
    database: Database, database_url: str, at: datetime
) -> None:
    other = Database(database_url)
    await other.open()
    try:
        sources = [SOUND.replace("Work", f"Work {n}") for n in range(8)]
        came = await asyncio.gather(
            *(published((database, other)[n % 2], source, at) for n, source in enumerate(sources))
        )
    finally:
        await other.close()
    assert sorted(one.number for one in came) == list(range(1, 9))
    heads = await database.read(list_heads)
    assert [(head.active, head.changed) for head in heads] == [(8, 8)]


async def test_the_same_document_published_at_once_is_one_release(
    database: Database, database_url: str, at: datetime
) -> None:
    other = Database(database_url)
    await other.open()
    try:
        came = await asyncio.gather(
            *(started((database, other)[n % 2], SOUND, at) for n in range(6))
        )
    finally:
        await other.close()
    assert [one.number for one in came if one] == [1] * 6
    assert sum(one.is_new for one in came if one) == 1


async def test_a_file_that_equals_an_earlier_release_is_not_applied_at_start(
    database: Database, at: datetime
) -> None:
    assert await started(database, SOUND, at) == Published(1, is_new=True)
    assert await started(database, SOUND, at) == Published(1, is_new=False)
    await published(database, RETITLED, at)
    assert await started(database, SOUND, at) is None
    assert (await active(database)).number == 2
    assert await started(database, SOUND, at, force=True) == Published(3, is_new=True)


async def test_a_workspace_started_from_a_file_is_managed_by_it(
    database: Database, at: datetime
) -> None:
    managed = select(workspaces.c.is_managed_by_file)
    await published(database, SOUND, at)
    assert await database.read(lambda connection: connection.scalar(managed)) is False
    await started(database, SOUND, at)
    assert await database.read(lambda connection: connection.scalar(managed)) is True


async def test_built_in_words_are_stored_as_they_were_at_publish(
    database: Database, at: datetime
) -> None:
    await published(database, SOUND, at)
    body = await database.read(find_release, "acme", 1)
    assert body is not None
    stored = from_bytes(body)
    words = stored.words["given_name"]["label"]
    stored.words["given_name"]["label"] = {**words, "en": "As it was called then"}
    release = Release(stored.workspace(), 1, stored.ids, stored.words)
    assert release.question(None, "given_name", "shop", "en").label == "As it was called then"


@pytest.mark.parametrize(
    ("former", "written", "same"),
    [
        ("title: Work", "title: 'Work'", True),
        ("{on: login}", "[{on: login}]", True),
        ("{on: login}", "{on: login}\n    priority: 0", True),
        ("title: Work", "title: work", False),
        (
            "given_name: {}\n  company: {kind: text}",
            "company: {kind: text}\n  given_name: {}",
            False,
        ),
    ],
)
def test_the_digest_is_of_what_is_said_and_its_order(former: str, written: str, same: bool) -> None:
    other = sound(SOUND.replace(former, written))
    assert (digest_of(other) == digest_of(sound())) is same

"""The revisions make exactly the tables the program knows, whoever runs them first."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from app.domain.tables import metadata
from app.lib.db import Database
from app.migrations import HEAD, is_current, migrate, settings


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_revisions_make_the_tables_we_know(database: Database) -> None:
    assert await database.read(differences) == []
    assert await database.read(tables) == {*metadata.tables, "alembic_version"}


async def test_a_database_is_behind_until_it_is_migrated(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    await database.open()
    assert not await database.read(is_current)
    await migrate(empty_database_url)
    assert await database.read(is_current)
    await database.close()


async def test_processes_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate(empty_database_url) for _ in range(4)))
    await migrate(empty_database_url)
    database = Database(empty_database_url)
    await database.open()
    assert await database.read(is_current)
    await database.close()


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_tables_about_people_are_keyed_by_the_person(table: object) -> None:
    found = metadata.tables[str(table)]
    if "subject" in found.columns:
        assert [column.name for column in found.primary_key][:2] == ["workspace", "subject"]


def test_the_head_is_the_newest_revision_there_is() -> None:
    assert ScriptDirectory.from_config(settings()).get_heads() == [HEAD]

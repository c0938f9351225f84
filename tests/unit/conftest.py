"""The small world of the unit tests: a time, people, sites."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
import structlog

from app.lib.db import Database
from app.lib.logs import configure_logs
from tests.unit.world import World, document, open_world, publish_document

# Laws are tested for truth, not for speed: a busy machine must not fail them.
hypothesis.settings.register_profile("askonce", deadline=None, print_blob=True)
hypothesis.settings.load_profile("askonce")


@pytest.fixture
def at() -> datetime:
    """The time at which the test happens."""
    return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def _log() -> list[str]:
    """Every line that is logged from the first test that asks for it on."""
    lines: list[str] = []

    def collect(_logger: Any, _method: str, line: Any) -> Any:
        lines.append(line.decode())
        raise structlog.DropEvent

    configure_logs("debug")
    structlog.get_config()["processors"].append(collect)
    return lines


@pytest.fixture
def logged(_log: list[str]) -> list[str]:
    """The lines that this test logs, as they would be written."""
    _log.clear()
    return _log


@pytest.fixture
def private(logged: list[str]) -> Iterator[set[str]]:
    """What was said that is nobody else's business: no log line of the test may hold it."""
    said: set[str] = set()
    yield said
    told = [line for line in logged if any(one in line for one in said)]
    assert told == []


@pytest.fixture
async def world(database: Database, database_url: str, private: set[str]) -> AsyncIterator[World]:
    """Acme's world, running."""
    await publish_document(database, document())
    async with open_world(database_url, private=private) as world:
        yield world


@pytest.fixture
async def door(sqlite_url: str, private: set[str]) -> AsyncIterator[World]:
    """Acme's world on one database: for what is refused or wrong before any is asked."""
    database = Database(sqlite_url)
    await database.open()
    await publish_document(database, document())
    async with open_world(sqlite_url, private=private) as world:
        yield world
    await database.close()

"""The databases under the tests: every test that asks has one of its own, migrated and empty."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Literal

import asyncpg
import pytest

from app.lib.db import Database
from app.migrations import migrate
from tests.postgresql import Server

Engine = Literal["sqlite", "postgresql"]
SERVER = pytest.StashKey[Server]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys come last: the browser's driver keeps a loop that asyncio tests cannot share."""
    items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Item) -> None:
    """The process that hands out the tests starts the one server for all its workers."""
    node.workerinput["postgresql"] = _server(node.config).address  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER in config.stash:
        config.stash[SERVER].stop()


def _server(config: pytest.Config) -> Server:
    if SERVER not in config.stash:
        config.stash[SERVER] = Server()
    return config.stash[SERVER]


@pytest.fixture(scope="session")
def postgresql(pytestconfig: pytest.Config) -> str:
    """The address of the run's PostgreSQL server; `/name` makes it that of a database."""
    given: dict[str, str] = getattr(pytestconfig, "workerinput", {})
    return given.get("postgresql") or _server(pytestconfig).address


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Which database the test runs on: each test that uses one runs on both."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def database_url(engine: Engine, request: pytest.FixtureRequest) -> str:
    """A database of the test's own, migrated and empty."""
    url: str = request.getfixturevalue(f"{engine}_url")
    return url


@pytest.fixture
def empty_database_url(engine: Engine, request: pytest.FixtureRequest) -> str:
    """A database of the test's own in which nothing was ever created."""
    url: str = request.getfixturevalue(f"empty_{engine}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The test's own database, open."""
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'askonce.db'}"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "askonce.db")
    return f"sqlite:///{tmp_path / 'askonce.db'}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "askonce.db"
    asyncio.run(migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def new_postgresql(postgresql: str, worker_id: str) -> Callable[[str], str]:
    """Creates a database from a template, by name, and returns its address."""
    numbers = itertools.count()

    def create(template: str) -> str:
        name = f"{worker_id}_{next(numbers)}"
        _execute(postgresql, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return f"{postgresql}/{name}"

    return create


@pytest.fixture
def empty_postgresql_url(postgresql: str, new_postgresql: Callable[[str], str]) -> Iterator[str]:
    url = new_postgresql("template0")
    yield url
    _drop(postgresql, url)


@pytest.fixture
def postgresql_url(
    postgresql: str, postgresql_template: str, new_postgresql: Callable[[str], str]
) -> Iterator[str]:
    url = new_postgresql(postgresql_template)
    yield url
    _drop(postgresql, url)


@pytest.fixture(scope="session")
def postgresql_template(new_postgresql: Callable[[str], str]) -> str:
    url = new_postgresql("template0")
    asyncio.run(migrate(url))
    return url.rpartition("/")[2]


def _drop(server: str, url: str) -> None:
    _execute(server, f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')


def _execute(server: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(server.replace("+asyncpg", "") + "/postgres")
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())

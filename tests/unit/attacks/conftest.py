"""The arena, opened once for each database: every attack has people of its own."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copy

import pytest
import pytest_asyncio

from app.lib.db import Database
from tests.unit.attacks.arena import Arena
from tests.unit.attacks.doors import DESK, TENANT
from tests.unit.signing import CLUBS, ED25519, ES256, RS256, SECRET
from tests.unit.world import document, open_world, publish_document


def _public(key: object) -> str:
    return json.dumps(key.as_dict(private=False))  # type: ignore[attr-defined]


# Nobody is told why here; a key of each kind, two of the club's, a tenant, and a site that lists
# nothing but a mode that no attack is about.
CHANGES = {
    "sandbox: true": "sandbox: false",
    f"jwk: {_public(ED25519)}": f"jwk: {_public(ED25519)}}}, "
    f"{{kid: k2, alg: ES256, jwk: {_public(ES256)}}}, "
    f"{{kid: k3, alg: RS256, jwk: {_public(RS256)}}}, "
    "{kid: k4, alg: HS256, secret_env: SHOPS_SECRET",
    f"jwk: {_public(CLUBS)}": f"jwk: {_public(CLUBS)}}}, "
    f"{{kid: club-1, alg: Ed25519, jwk: {_public(CLUBS)}",
    "    return_urls:": f"    auth0: {{tenant: {TENANT}, secret_env: TENANTS_SECRET}}\n"
    "    return_urls:",
    "steps:\n": DESK + "steps:\n",
}


@asynccontextmanager
async def opened(url: str, log: list[str]) -> AsyncIterator[Arena]:
    """Two processes on the database of that address."""
    database = Database(url)
    await database.open()
    await publish_document(database, document(**CHANGES))
    await database.close()
    private: set[str] = set()
    async with open_world(url, private=private) as one, open_world(url, private=private) as two:
        yield Arena(one, two, log)


@pytest.fixture(scope="module")
def _secrets() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SHOPS_SECRET", SECRET.decode())
        environment.setenv("TENANTS_SECRET", TENANT * 2)
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, _log: list[str], _secrets: None
) -> AsyncIterator[Arena]:
    file = tmp_path_factory.mktemp("arena") / "askonce.db"
    copy(sqlite_template, file)
    async with opened(f"sqlite:///{file}", _log) as arena:
        yield arena


@pytest.fixture(scope="module")
def _postgresql_url(postgresql_template: str, new_postgresql: Callable[[str], str]) -> str:
    return new_postgresql(postgresql_template)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_postgresql(
    _postgresql_url: str, _log: list[str], _secrets: None
) -> AsyncIterator[Arena]:
    async with opened(_postgresql_url, _log) as arena:
        yield arena


@pytest.fixture(scope="module")
def arena(request: pytest.FixtureRequest) -> Arena:
    found: Arena = request.getfixturevalue(request.param)
    return found

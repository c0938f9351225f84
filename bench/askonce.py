"""Askonce under load: migrated, published, peopled and served as in production."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from app.domain.heads import find_release
from app.domain.release import Paused, Release
from app.domain.stored import from_bytes
from app.domain.tables import counts
from app.lib.db import Database
from app.lib.sealing import Keyring
from app.migrations import migrate
from bench.databases import AnyDatabase
from bench.people import WORKSPACE, aggregate, seed, sub
from bench.processes import Process, free_port
from bench.requests import Action, Browser

SECRET = "for the benchmark alone 0123456789 abcdefghij".replace(" ", "-")
_COUNTED: dict[Action, str] = {"answers": "submitted", "skips": "skipped"}
_LOOKS = 40
CONFIG = Path(__file__).with_name("askonce.yaml")


@dataclass
class Running:
    """One Askonce with its people; `body` is the row that each of them begins with."""

    database: AnyDatabase
    subjects: int
    process: Process
    browser: Browser
    rows: Database
    body: bytes
    used: int = 0

    async def people(self, most: int, *, anew: bool) -> list[int]:
        """Up to so many people: any, or such as have not met the step.

        When everybody has met it, nobody has again.
        """
        if not anew:
            return [random.randrange(self.subjects) for _ in range(most)]
        if self.used == self.subjects:
            await self.begin_again()
        first, self.used = self.used, min(self.used + most, self.subjects)
        return list(range(first, self.used))

    async def begin_again(self) -> None:
        """Nobody has met the step."""
        await self.renew(range(self.used))
        self.used = 0

    async def renew(self, people: Iterable[int]) -> None:
        """These people have never met the step."""
        await seed(self.rows, self.body, people)

    def request(self, action: Action, person: int, number: int) -> bytes:
        """What the person's browser sends now; `number` sets the answers apart."""
        return self.browser.request(action, sub(person), number, int(time.time()))

    async def saved(self, action: Action) -> int:
        """How often the step was answered or skipped so far, as the daily counts say."""
        kind = _COUNTED.get(action)
        return await self.rows.read(_counted, kind) if kind else 0

    async def lost(self, action: Action, expected: int) -> int:
        """How many of the expected are not saved, a moment after the last answer."""
        if action not in _COUNTED:
            return 0
        for _ in range(_LOOKS):
            await asyncio.sleep(0.05)
            if await self.saved(action) == expected:
                return 0
        return abs(expected - await self.saved(action))


@asynccontextmanager
async def running(
    database: AnyDatabase, subjects: int, directory: Path, workers: int = 1
) -> AsyncIterator[Running]:
    """Askonce with so many people, until the end of the block."""
    label = f"with_{subjects}_and_{workers}"
    url, port = await database.create(label), free_port()
    log = directory / f"{database.name}-{label}.log"
    environment = {
        "ASKONCE_SECRET": SECRET,
        "ASKONCE_URL": f"http://127.0.0.1:{port}",
        "ASKONCE_METRICS": f"127.0.0.1:{free_port()}",
        # Whoever loads us says who asks, as a proxy would; one person may ask as often as it can.
        "ASKONCE_TRUSTED_PROXIES": "127.0.0.0/8",
        "ASKONCE_LIMIT_PERSON": "999999",
        "ASKONCE_WORKERS": str(workers),
        "DATABASE_URL": url,
        "PORT": str(port),
    }
    await migrate(url)
    command = ["-m", "app.cli", "serve", "--config", str(CONFIG)]
    with Process(command, environment, port, "/ready", log) as process:
        rows = Database(url)
        await rows.open()
        try:
            release = await _release(rows)
            body = aggregate(release)
            await seed(rows, body, range(subjects))
            await database.settle(url)
            browser = Browser(f"127.0.0.1:{port}", Keyring.from_secrets([SECRET]), release)
            yield Running(database, subjects, process, browser, rows, body)
        finally:
            await rows.close()


def _counted(connection: Connection, kind: str) -> int:
    total = select(func.coalesce(func.sum(counts.c.n), 0)).where(counts.c.kind == kind)
    return int(connection.scalar(total) or 0)


async def _release(rows: Database) -> Release:
    stored = await rows.read(find_release, WORKSPACE, 1)
    assert stored is not None
    return Release.stored(from_bytes(stored), 1, Paused())

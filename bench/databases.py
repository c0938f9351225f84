"""The databases under load, durable as in production, in a directory that goes away at the end."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from bench.processes import cpu_of
from tests import postgresql

# The tests' server is forgetful; here a commit is on the disk when it says so.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


class OnSqlite:
    """A file; its work is done within Askonce's own processes."""

    name = "sqlite"
    cpu = 0.0

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def create(self, label: str) -> str:
        """The URL of a new database."""
        return f"sqlite:///{self._directory / label}.db"

    async def settle(self, url: str) -> None:
        """Bring what was written to where it stays."""
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class OnPostgresql:
    """A server on loopback, as installed but for its port and place."""

    name = "postgresql"

    def __init__(self) -> None:
        postgresql.SETTINGS.update(DURABLE)
        self._server = postgresql.Server()

    @property
    def cpu(self) -> float:
        """What the server's processes have used so far, in seconds."""
        return cpu_of(int((self._server.directory / "files/postmaster.pid").read_text().split()[0]))

    async def create(self, label: str) -> str:
        """The URL of a new database."""
        await self._say("postgres", f"CREATE DATABASE {label}")
        return f"{self._server.address}/{label}"

    async def settle(self, url: str) -> None:
        """Bring what was written to where it stays."""
        name = make_url(url).database or ""
        await self._say(name, "VACUUM (ANALYZE)")
        await self._say(name, "CHECKPOINT")

    def stop(self) -> None:
        self._server.stop()

    async def _say(self, database: str, command: str) -> None:
        address = self._server.address.replace("+asyncpg", "")
        connection = await asyncpg.connect(f"{address}/{database}")
        try:
            await connection.execute(command)
        finally:
            await connection.close()


AnyDatabase = OnSqlite | OnPostgresql


@contextmanager
def postgresql_server() -> Iterator[OnPostgresql]:
    """A server that ends with the block."""
    server = OnPostgresql()
    try:
        yield server
    finally:
        server.stop()

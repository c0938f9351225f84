"""What a process holds while it serves: its settings, the database, the releases and the keys."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.releases import Releases
from app.lib.db import Database
from app.lib.sealing import Keyring
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Runtime:
    """One for each process; handlers find it in the application's state."""

    settings: Settings
    database: Database
    releases: Releases
    keyring: Keyring

    @property
    def url(self) -> str:
        """Our own origin."""
        return self.settings.url

    def now(self) -> datetime:
        """The real time; a sandbox site's visit goes by its own clock."""
        return datetime.now(UTC)


def open_database(settings: Settings) -> Database:
    """The database of the settings, not yet opened."""
    return Database(
        settings.database_url,
        synchronous=settings.sqlite_synchronous,
        connections=settings.pool_size,
    )

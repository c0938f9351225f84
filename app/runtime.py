"""What a process holds while it serves: its settings, the database, the releases and the keys."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import structlog

from app.domain.api_keys import ApiKeys
from app.domain.jwks import Jwks
from app.domain.releases import Releases
from app.lib.db import Database
from app.lib.outbound import fetch
from app.lib.sealing import Keyring
from app.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Runtime:
    """One for each process; handlers find it in the application's state."""

    settings: Settings
    database: Database
    releases: Releases
    keyring: Keyring
    api_keys: ApiKeys = field(default_factory=ApiKeys)
    jwks: Jwks = field(default_factory=lambda: Jwks(fetch))

    @property
    def url(self) -> str:
        """Our own origin."""
        return self.settings.url

    def now(self) -> datetime:
        """The real time; a sandbox site's visit goes by its own clock."""
        return datetime.now(UTC)


def create_runtime(settings: Settings) -> Runtime:
    """What the settings describe, its database not yet opened.

    Raises SettingsError without a secret.
    """
    keyring = Keyring.from_secrets(settings.need_secrets())
    database = open_database(settings)
    releases = Releases(database, lambda event, details: log.warning(event, **details))
    fetched = partial(fetch, allows_loopback=settings.outbound_loopback)
    jwks = Jwks(fetched, lambda event, details: log.warning(event, **details))
    return Runtime(settings, database, releases, keyring, jwks=jwks)


def open_database(settings: Settings) -> Database:
    """The database of the settings, not yet opened."""
    return Database(
        settings.database_url,
        synchronous=settings.sqlite_synchronous,
        connections=settings.pool_size,
    )

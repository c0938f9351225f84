"""What a process holds while it serves: its settings, the database, the releases and the keys."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import structlog

from app.domain.api_keys import ApiKeys
from app.domain.jwks import Jwks
from app.domain.limits import Limits, Rates
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
    limits: Limits
    api_keys: ApiKeys = field(default_factory=ApiKeys)
    jwks: Jwks = field(default_factory=lambda: Jwks(fetch))

    @property
    def url(self) -> str:
        """Our own origin."""
        return self.settings.url

    def now(self) -> datetime:
        """The real time; a sandbox site's visit goes by its own clock."""
        return datetime.now(UTC)


def create_runtime(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Runtime:
    """What the settings describe, its database not yet opened; limits go by the seconds of `clock`.

    Raises SettingsError without a secret.
    """
    keyring = Keyring.from_secrets(settings.need_secrets())
    database = open_database(settings)
    releases = Releases(database, lambda event, details: log.warning(event, **details))
    fetched = partial(fetch, allows_loopback=settings.outbound_loopback)
    jwks = Jwks(fetched, lambda event, details: log.warning(event, **details))
    limits = Limits(_rates(settings), clock)
    return Runtime(settings, database, releases, keyring, limits, jwks=jwks)


def _rates(settings: Settings) -> Rates:
    return Rates(
        settings.limit_address,
        settings.limit_person,
        settings.limit_refused,
        settings.limit_site,
    )


def open_database(settings: Settings) -> Database:
    """The database of the settings, not yet opened."""
    return Database(
        settings.database_url,
        synchronous=settings.sqlite_synchronous,
        connections=settings.pool_size,
    )

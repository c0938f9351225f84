"""The tables as they came to be: one revision after the other, and how to bring a database up.

A revision only adds (expand); what is no longer used goes in a later release (contract), so that
old and new workers may overlap.
"""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.lib.db import Database, alone

# Reorganising a large table takes its time; a second process waits for the first.
PATIENCE = 3600.0


async def migrate(url: str) -> None:
    """Brings the database to the newest revision, in one transaction; again does nothing.

    Raises DatabaseAway. Several processes may start at once: one migrates, the others wait.
    """
    database = Database(url, patience=PATIENCE)
    await database.open()
    try:
        await database.write(upgrade)
    finally:
        await database.close()


def upgrade(connection: Connection) -> None:
    alone(connection, "migrations")
    if is_current(connection):
        return
    config = settings()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """Whether the database has the newest revision that this program knows."""
    has = MigrationContext.configure(connection).get_current_heads()
    return set(has) == set(ScriptDirectory.from_config(settings()).get_heads())


def settings() -> Config:
    config = Config()
    config.set_main_option("script_location", "app:migrations")
    config.set_main_option("path_separator", "os")
    return config

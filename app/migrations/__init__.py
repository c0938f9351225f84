"""The tables as they came to be: one revision after the other, and how to bring a database up.

A revision only adds (expand); what is no longer used goes in a later release (contract), so that
old and new workers may overlap.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.lib.db import Database, alone

if TYPE_CHECKING:
    from alembic.config import Config

# The newest revision: a server looks at this alone, and needs none of the tools to migrate.
HEAD = "0002"

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
    from alembic import command

    config = settings()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """Whether the database has the newest revision that this program knows."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    has = connection.scalars(text("SELECT version_num FROM alembic_version"))
    return has.all() == [HEAD]


def settings() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "app:migrations")
    config.set_main_option("path_separator", "os")
    return config

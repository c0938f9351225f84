"""The terminal: what the commands share: their loop, the database, a document from a file."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from app.domain.document import read_document
from app.domain.secret_names import unset_secrets
from app.domain.workspace import Workspace
from app.lib.db import Database, DatabaseError
from app.settings import Settings, SettingsError

P = ParamSpec("P")
T = TypeVar("T")
File = click.Path(exists=True, dir_okay=False, path_type=Path)


def in_the_loop(command: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """A command that awaits; what stops it is told in one sentence, and it ends with 1."""

    @wraps(command)
    def run(*args: P.args, **kw: P.kwargs) -> T:
        try:
            return asyncio.run(command(*args, **kw))
        except (SettingsError, DatabaseError, ValueError) as error:
            raise click.ClickException(str(error)) from None

    return run


class Opened:
    """The database of the settings, open for one command."""

    async def __aenter__(self) -> Database:
        self._database = Database(Settings.from_environment(os.environ).database_url)
        await self._database.open()
        return self._database

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()


def only(workspaces: list[str]) -> str:
    """The one workspace there is; with several the command must say which."""
    if len(workspaces) == 1:
        return workspaces[0]
    known = ", ".join(sorted(workspaces)) or "none has been published"
    raise click.UsageError(f"say which workspace: {known}")


def read(file: Path) -> tuple[Workspace, str]:
    """A sound document and its source. Prints what is wrong, and ends with 1 when it is none."""
    document = read_document(file.read_bytes(), str(file))
    for mistake in document.mistakes:
        click.echo(str(mistake), err=True)
    for warning in document.warnings:
        click.echo(f"{warning} (warning)", err=True)
    if document.workspace is None:
        raise SystemExit(1)
    for unset in unset_secrets(document.workspace, os.environ):
        click.echo(f"{file}: {unset} (warning)", err=True)
    return document.workspace, document.source

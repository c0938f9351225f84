"""The commands about the configuration: check, apply, export and schema."""

import asyncio
import getpass
import json
import os
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from app.domain.completeness import completeness_of
from app.domain.document import read_document
from app.domain.exporting import export_active
from app.domain.heads import list_heads
from app.domain.publishing import publish
from app.domain.shape import document_schema
from app.domain.workspace import Workspace
from app.lib.db import Database, DatabaseError
from app.settings import Settings, SettingsError

P = ParamSpec("P")
T = TypeVar("T")
File = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def config() -> None:
    """Check, publish and export the configuration."""


@config.command()
@click.argument("file", type=File)
def check(file: Path) -> None:
    """Say every mistake of FILE with its line; nothing is published."""
    document, _ = _read(file)
    for locale, written, texts in completeness_of(document):
        click.echo(f"{locale:<10} {written:>5} of {texts} texts")
    click.echo(f"{file} can be applied.")


@config.command()
def schema() -> None:
    """Print the JSON Schema of the format; editors complete and check with it."""
    click.echo(json.dumps(document_schema(), indent=2, ensure_ascii=False))


def _in_the_loop(command: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    @wraps(command)
    def run(*args: P.args, **kw: P.kwargs) -> T:
        try:
            return asyncio.run(command(*args, **kw))
        except (SettingsError, DatabaseError, ValueError) as error:
            raise click.ClickException(str(error)) from None

    return run


@config.command()
@click.argument("file", type=File)
@click.option("--note", default="", help="Why, for whoever reads the list of releases.")
@click.option("--author", default=getpass.getuser, help="Who; the system's user when left out.")
@_in_the_loop
async def apply(file: Path, note: str, author: str) -> None:
    """Publish FILE; every process follows within two seconds."""
    document, source = _read(file)
    at = datetime.now(UTC)
    async with _Opened() as database:
        published = await database.write(
            publish, document, author=author, note=note, source=source, at=at
        )
    name = document.workspace
    if published.is_new:
        click.echo(f"{name}: release {published.number} is active.")
    else:
        click.echo(f"{name}: release {published.number} says this already; nothing is published.")


@config.command()
@click.argument("workspace", required=False)
@_in_the_loop
async def export(workspace: str | None) -> None:
    """Print the active document of WORKSPACE, which may be left out where there is only one."""
    async with _Opened() as database:
        name = workspace or _only([head.workspace for head in await database.read(list_heads)])
        exported = await database.read(export_active, name)
    if exported is None:
        raise click.ClickException(f"{name} has no release.")
    if not exported.is_source:
        click.echo("This is the canonical form: comments are lost.", err=True)
    click.echo(exported.text, nl=False)


def _only(workspaces: list[str]) -> str:
    if len(workspaces) == 1:
        return workspaces[0]
    known = ", ".join(sorted(workspaces)) or "none has been published"
    raise click.UsageError(f"say which workspace: {known}")


class _Opened:
    """The database of the settings, open for one command."""

    async def __aenter__(self) -> Database:
        self._database = Database(Settings.from_environment(os.environ).database_url)
        await self._database.open()
        return self._database

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()


def _read(file: Path) -> tuple[Workspace, str]:
    """A sound document and its source. Prints what is wrong, and ends with 1 when it is none."""
    document = read_document(file.read_bytes(), str(file))
    for mistake in document.mistakes:
        click.echo(str(mistake), err=True)
    for warning in document.warnings:
        click.echo(f"{warning} (warning)", err=True)
    if document.workspace is None:
        raise SystemExit(1)
    return document.workspace, document.source

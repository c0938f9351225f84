"""The commands about the configuration: check, apply, export and schema."""

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import click

from app.domain.completeness import completeness_of
from app.domain.exporting import export_active
from app.domain.heads import list_heads
from app.domain.publishing import publish
from app.domain.shape import document_schema
from app.terminal import File, Opened, in_the_loop, only, read


@click.group()
def config() -> None:
    """Check, publish and export the configuration."""


@config.command()
@click.argument("file", type=File)
def check(file: Path) -> None:
    """Say every mistake of FILE with its line; nothing is published."""
    document, _ = read(file)
    for locale, written, texts in completeness_of(document):
        click.echo(f"{locale:<10} {written:>5} of {texts} texts")
    click.echo(f"{file} can be applied.")


@config.command()
def schema() -> None:
    """Print the JSON Schema of the format; editors complete and check with it."""
    click.echo(json.dumps(document_schema(), indent=2, ensure_ascii=False))


@config.command()
@click.argument("file", type=File)
@click.option("--note", default="", help="Why, for whoever reads the list of releases.")
@click.option("--author", default=getpass.getuser, help="Who; the system's user when left out.")
@in_the_loop
async def apply(file: Path, note: str, author: str) -> None:
    """Publish FILE; every process follows within two seconds."""
    document, source = read(file)
    at = datetime.now(UTC)
    async with Opened() as database:
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
@in_the_loop
async def export(workspace: str | None) -> None:
    """Print the active document of WORKSPACE, which may be left out where there is only one."""
    async with Opened() as database:
        name = workspace or only([head.workspace for head in await database.read(list_heads)])
        exported = await database.read(export_active, name)
    if exported is None:
        raise click.ClickException(f"{name} has no release.")
    if not exported.is_source:
        click.echo("This is the canonical form: comments are lost.", err=True)
    click.echo(exported.text, nl=False)

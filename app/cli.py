"""The command line: serve, migrate, config, keys, explain; each a thin client of the domain."""

import asyncio
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from app.settings import Settings, SettingsError

File = click.Path(exists=True, dir_okay=False, path_type=Path)


# What a command needs is loaded when it is called: a start would pay for all of them.
_ELSEWHERE = {
    "config": "app.config_commands",
    "doctor": "app.doctor.command",
    "explain": "app.explaining",
    "keys": "app.key_commands",
}


class _Commands(click.Group):
    """The commands here, and those of other modules by their names."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(_ELSEWHERE[cmd_name]), cmd_name)
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="askonce", prog_name="askonce")
def cli() -> None:
    """Askonce asks people a little, at the right moment, and never asks twice."""


def settings_or_exit() -> Settings:
    """The settings of the environment; a mistake in them ends the command in one sentence."""
    try:
        return Settings.from_environment(os.environ)
    except SettingsError as error:
        fail(str(error))


def fail(sentence: str) -> NoReturn:
    """End with one sentence on standard error."""
    click.echo(sentence, err=True)
    sys.exit(1)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema; again does nothing."""
    bring_up(settings_or_exit())
    click.echo("The database has the newest schema.")


def bring_up(settings: Settings) -> None:
    """Migrate, or end with one sentence."""
    from app.lib.db import DatabaseError
    from app.migrations import migrate

    try:
        asyncio.run(migrate(settings.database_url))
    except (DatabaseError, ValueError) as error:
        fail(f"The database could not be migrated: {error}")


@cli.command()
@click.option("--config", type=File, help="Publish this first.")
@click.option("--force", is_flag=True, help="Publish it even if it was released before.")
@click.option("--migrate", "migrates", is_flag=True, help="Bring the schema up before.")
@click.option("--port", type=int, help="Instead of $PORT.")
@click.option("--host", help="Instead of $ASKONCE_HOST.")
@click.option("--workers", type=click.IntRange(1, 256), help="Instead of $ASKONCE_WORKERS.")
def serve(
    config: Path | None,
    force: bool,
    migrates: bool,
    port: int | None,
    host: str | None,
    workers: int | None,
) -> None:
    """Serve until stopped; what was accepted is finished first."""
    chosen = {"PORT": port, "ASKONCE_HOST": host, "ASKONCE_WORKERS": workers}
    os.environ.update({name: str(value) for name, value in chosen.items() if value is not None})
    from app.serving import Source, prepare, run

    settings = settings_or_exit()
    if migrates:
        bring_up(settings)
    source = Source(str(config), config.read_bytes()) if config else None
    try:
        asyncio.run(prepare(settings, source, force=force))
        run(settings)
    except SettingsError as error:
        fail(str(error))


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kid", default="k1", show_default=True, help="The key's id, as tokens name it.")
@click.option(
    "--alg",
    type=click.Choice(["Ed25519", "ES256", "RS256"]),
    default="Ed25519",
    show_default=True,
    help="What it signs with; Ed25519 unless your backend cannot.",
)
def key(file: Path, kid: str, alg: str) -> None:
    """Make a key for a site: FILE gets the private part, the document the printed one."""
    from joserfc.jwk import ECKey, OKPKey, RSAKey

    made: OKPKey | ECKey | RSAKey = OKPKey.generate_key("Ed25519")
    if alg != "Ed25519":
        made = ECKey.generate_key("P-256") if alg == "ES256" else RSAKey.generate_key(3072)
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_bytes(made.as_pem(private=True))
    except FileExistsError:
        fail(f"{file} exists already; a key is never overwritten.")
    public = made.as_dict(private=False)
    members = [name for name in ("kty", "crv", "x", "y", "n", "e") if name in public]
    jwk = ", ".join(f'{name}: "{public[name]}"' for name in members)
    click.echo(f"keys: [{{kid: {kid}, alg: {alg}, jwk: {{{jwk}}}}}]")


def main() -> None:
    """The entry point of the `askonce` command."""
    cli()


if __name__ == "__main__":
    main()

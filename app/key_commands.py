"""The commands about API keys: create, list, rotate and revoke."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy import Connection

from app.domain.api_keys import (
    OVERLAP,
    ApiKey,
    UnknownKey,
    create_key,
    list_keys,
    revoke_key,
    rotate_key,
)
from app.domain.backchannel import SCOPES, Scope
from app.domain.heads import list_heads, load_active
from app.domain.parts import read_duration, write_duration
from app.terminal import Opened, in_the_loop, only

_LONGEST = timedelta(weeks=520)


class _Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        try:
            span = read_duration(value)
            assert isinstance(span, timedelta)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if span > _LONGEST:
            self.fail(f"at most {write_duration(_LONGEST)}", param, ctx)
        return span


_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_EXPIRES = click.option("--expires", type=_Duration(), help="Ends after this time, like 90d.")


@click.group()
def keys() -> None:
    """Make and end the API keys of backends that sign no tokens."""


@keys.command()
@click.option("--workspace", help="May be left out where there is only one.")
@click.option("--site", required=True, help="The one site it is good for.")
@click.option(
    "--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True, help="What for."
)
@click.option("--note", default="", help="Whose it is, for whoever reads the list.")
@_EXPIRES
@_JSON
@in_the_loop
async def create(
    workspace: str | None,
    site: str,
    scopes: tuple[Scope, ...],
    note: str,
    expires: timedelta | None,
    as_json: bool,
) -> None:
    """Print a new key, this once: only its hash is stored."""
    at = datetime.now(UTC)
    async with Opened() as database:
        name = workspace or only([head.workspace for head in await database.read(list_heads)])
        await database.read(_check_site, name, site)
        ordered = tuple(scope for scope in SCOPES if scope in scopes)
        wanted = ApiKey("", name, site, ordered, note, at, at + expires if expires else None)
        made, text = await database.write(create_key, wanted)
    _show_once(made, text, as_json)


@keys.command("list")
@click.option("--workspace", help="The keys of this one alone.")
@_JSON
@in_the_loop
async def show(workspace: str | None, as_json: bool) -> None:
    """List every key by its id, those that ended too; no key can be shown again."""
    at = datetime.now(UTC)
    async with Opened() as database:
        found = await database.read(list_keys, workspace)
    if as_json:
        click.echo(json.dumps([_told(key) | {"state": _state(key, at)} for key in found], indent=2))
        return
    for key in found:
        used = f"used {key.last_used_on}" if key.last_used_on else "never used"
        place, scopes = f"{key.workspace}.{key.site}", ",".join(key.scopes)
        click.echo(f"{key.id}  {place}  {scopes}  {_state(key, at)}  {used}  {key.note}".rstrip())


@keys.command()
@click.argument("key_id")
@click.option(
    "--overlap",
    type=_Duration(),
    default=write_duration(OVERLAP),
    show_default=True,
    help="How long the former key goes on.",
)
@_EXPIRES
@_JSON
@in_the_loop
async def rotate(key_id: str, overlap: timedelta, expires: timedelta | None, as_json: bool) -> None:
    """Print a new key for the same; the one of KEY_ID ends later, so that both are good."""
    at = datetime.now(UTC)
    end = at + expires if expires else None
    async with Opened() as database:
        try:
            made, text = await database.write(rotate_key, key_id, at, overlap, end)
        except UnknownKey as error:
            raise click.ClickException(str(error)) from None
    _show_once(made, text, as_json)


@keys.command()
@click.argument("key_id")
@in_the_loop
async def revoke(key_id: str) -> None:
    """End the key of KEY_ID at once; every process follows within two seconds."""
    async with Opened() as database:
        try:
            await database.write(revoke_key, key_id, datetime.now(UTC))
        except UnknownKey as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{key_id} is revoked.")


def _check_site(connection: Connection, workspace: str, site: str) -> None:
    release = load_active(connection, workspace)
    if release is None:
        raise click.ClickException(f"{workspace} has no release.")
    if release.site(site) is None:
        known = ", ".join(sorted(release.document.sites))
        raise click.ClickException(f"{workspace} has no site {site}: it has {known}.")


def _show_once(key: ApiKey, text: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_told(key) | {"key": text}, indent=2))
        return
    click.echo(text)
    click.echo(f"Key {key.id}. It is shown this once: keep it where secrets are kept.", err=True)


def _told(key: ApiKey) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | tuple) or value is None else value.isoformat()
        for name, value in key._asdict().items()
    }


def _state(key: ApiKey, at: datetime) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if not key.is_live(at):
        return f"ended {key.expires_at:%Y-%m-%d}"
    return f"until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "live"

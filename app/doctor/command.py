"""The command `doctor`: what is wrong with a page or a token, for whoever sits at a terminal."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from app.doctor.cases import Case
from app.doctor.credentials import diagnose
from app.doctor.examining import examine
from app.doctor.fetching import Unreachable
from app.doctor.findings import Finding, in_order
from app.doctor.keysets import with_keys
from app.doctor.sites import ours_of_file, published
from app.doctor.tokens import Expected
from app.domain.site_tokens import said_issuer
from app.lib.db import DatabaseError
from app.settings import SettingsError
from app.terminal import File

HEALTHY, ILL, NOT_SEEN = 0, 1, 2


@click.command()
@click.argument("url", required=False)
@click.option("--token", help="Read this assertion or credential instead; - is standard input.")
@click.option("--site", default="", help="The site's public id, like acme.shop.")
@click.option("--askonce", help="Our origin, instead of $ASKONCE_URL.")
@click.option("--config", type=File, help="This document instead of the published ones.")
@click.option("--header", "headers", multiple=True, help="'Name: value', sent to the page alone.")
@click.option("--json", "is_json", is_flag=True, help="For programs.")
def doctor(
    url: str | None,
    token: str | None,
    site: str,
    askonce: str | None,
    config: Path | None,
    headers: tuple[str, ...],
    is_json: bool,
) -> None:
    """Say what is wrong with the page at URL, and the exact line to change.

    The page is fetched as somebody without a session sees it, unless --header brings one. Ends
    with 0 when nothing is wrong, with 1 when something is, with 2 when the doctor could not look.
    """
    if bool(url) == bool(token):
        raise click.UsageError("name the page's URL, or a token with --token")
    now = datetime.now(UTC)
    try:
        ours = ours_of_file(config, askonce) if config else published(askonce)
        if url:
            case, findings = examine(url, ours, now, site=site, headers=_headers(headers))
            found = [_embed(case, number) for number in range(len(case.embeds))]
        else:
            text = sys.stdin.read() if token == "-" else token or ""
            ours = with_keys(ours, [site or said_issuer(text)])
            found, findings = [], in_order(diagnose(text, ours, now, Expected(site=site)))
    except (Unreachable, SettingsError, DatabaseError, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(NOT_SEEN)
    say = _as_json if is_json else _as_text
    click.echo(say(url or "The token", found, findings))
    sys.exit(ILL if any(one.is_wrong for one in findings) else HEALTHY)


def _headers(written: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition(":") for one in written]
    if not all(name.strip() and colon and "\n" not in text for name, colon, text in pairs):
        raise click.UsageError("write a header as 'Name: value'")
    return {name.strip(): text.strip() for name, _, text in pairs}


def _embed(case: Case, number: int) -> str:
    embed = case.embeds[number]
    site = case.site_of(embed) if embed.kind not in ("loader", "sheet") else ""
    return f"{embed.kind} (line {embed.line}{', site ' + site if site else ''})"


def _as_text(what: str, embeds: list[str], findings: list[Finding]) -> str:
    return "\n".join(_lines(what, embeds, findings))


def _lines(what: str, embeds: list[str], findings: list[Finding]) -> Iterator[str]:
    wrong = sum(one.is_wrong for one in findings)
    yield f"{what}: {_counted(wrong, len(findings) - wrong)}"
    if embeds:
        yield f"  it has: {', '.join(embeds)}"
    for one in findings:
        where = f" (line {one.line})" if one.line else ""
        yield f"\n{'wrong' if one.is_wrong else 'doubtful'}: {one.code}{where}"
        yield f"  {one.sentence}"
        yield f"  Change: {one.change}"
        yield f"  See {one.docs}"


def _counted(wrong: int, doubtful: int) -> str:
    if not wrong and not doubtful:
        return "nothing is wrong."
    told = (
        "nothing is wrong"
        if not wrong
        else f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong"
    )
    return f"{told}, {doubtful} doubtful." if doubtful else f"{told}."


def _as_json(what: str, embeds: list[str], findings: list[Finding]) -> str:
    told = {
        "of": what,
        "is_healthy": not any(one.is_wrong for one in findings),
        "embeds": embeds,
        "findings": [one.as_json() for one in findings],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)

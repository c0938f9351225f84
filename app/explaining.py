"""Explaining: the command that says what a person would be asked at a moment, gate by gate."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app.domain import deciding
from app.domain.changes import find_subject
from app.domain.deciding import Decision, Finding, TraceLine
from app.domain.heads import list_heads, load_active
from app.domain.moments import KINDS, Moment, MomentKind, page_of
from app.domain.newcomers import locale_for, own_locale
from app.domain.publishing import preview
from app.domain.release import Release
from app.domain.subjects import Subject
from app.lib.db import Database
from app.terminal import File, Opened, in_the_loop, only, read

NEVER_SEEN = "This person was never seen, and is explained as one of whom nothing is known."


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command."""

    site: str
    subject: str
    on: MomentKind
    name: str | None
    url: str | None
    step: str | None
    at: datetime
    logins: int | None
    claims: dict[str, Any]
    workspace: str | None
    is_json: bool
    draft: Path | None


def _moment(_: click.Context, __: click.Parameter, written: str | None) -> datetime:
    try:
        at = datetime.fromisoformat(written) if written else datetime.now(UTC)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise click.BadParameter("write a moment as RFC 3339, like 2026-03-01T09:00:00Z")
    return at.astimezone(UTC)


def _claims(_: click.Context, __: click.Parameter, written: tuple[str, ...]) -> dict[str, Any]:
    pairs = [one.partition("=") for one in written]
    if not all(name and equals for name, equals, _ in pairs):
        raise click.BadParameter("write a claim as NAME=VALUE, like plan=pro")
    return {name: _value(text) for name, _, text in pairs}


def _value(text: str) -> Any:
    """JSON where it is some (`3`, `true`, `["a"]`), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


@click.command()
@click.option("--site", required=True, help="The site's key.")
@click.option("--subject", required=True, help="The person's `sub`, as the site says it.")
@click.option("--on", type=click.Choice(KINDS), default="login", show_default=True)
@click.option("--name", help="The name of a click or an event.")
@click.option("--url", help="The address of a page.")
@click.option("--step", help="The step that is requested.")
@click.option("--at", callback=_moment, help="When (RFC 3339); now when left out.")
@click.option("--logins", type=click.IntRange(0), help="As if so many had been counted.")
@click.option("--claim", "claims", multiple=True, callback=_claims, help="NAME=VALUE, repeatable.")
@click.option("--workspace", help="May be left out where there is only one.")
@click.option("--json", "is_json", is_flag=True, help="For programs.")
@click.option("--draft", type=File, help="Explain this document instead of the active release.")
@in_the_loop
async def explain(**options: Any) -> None:
    """Say what a person would be asked at a moment, and why nothing else.

    One line for each step, best rank first; the one that would be shown is marked with a star.
    Answers and claims are printed as states, never as values. Ends with 0 when explained, with 1
    when that is not possible, with 2 when the command is not understood.
    """
    asked = Asked(**options)
    async with Opened() as database:
        release = await _release(database, asked)
        if release.site(asked.site) is None:
            known = ", ".join(release.document.sites) or "there is none"
            raise click.UsageError(f"there is no site {asked.site}: {known}")
        who = release.subject_key(asked.site, asked.subject)
        subject = await find_subject(database, who)
    moment, supposed = _facts(release, subject, asked)
    decision = deciding.explain(release, supposed, moment)
    say = _as_json if asked.is_json else _as_text
    click.echo(say(release, subject, moment, decision))


async def _release(database: Database, asked: Asked) -> Release:
    if asked.draft:
        document, _ = read(asked.draft)
        if asked.workspace not in (None, document.workspace):
            raise click.UsageError(f"{asked.draft} is of the workspace {document.workspace}")
        return await database.read(preview, document)
    heads = await database.read(list_heads)
    name = asked.workspace or only([head.workspace for head in heads])
    release = await database.read(load_active, name)
    if release is None:
        raise click.ClickException(f"{name} has no release.")
    return release


def _facts(release: Release, subject: Subject, asked: Asked) -> tuple[Moment, Subject]:
    """The moment, and the person with the logins that are supposed: the last one is just now."""
    sitting = subject.last_sitting(asked.site, asked.at)
    if asked.logins is not None:
        sitting, subject = "supposed", subject.supposing(asked.site, asked.logins)
    moment = Moment(
        at=asked.at,
        site=asked.site,
        locale=locale_for(release, asked.site, (own_locale(release, subject),), None),
        sitting=sitting,
        on=asked.on,
        name=asked.name,
        url=page_of(asked.url),
        step=asked.step,
        claims={key: value for key, value in asked.claims.items() if key in release.claims},
    )
    return moment, subject


def _as_text(release: Release, subject: Subject, moment: Moment, decision: Decision) -> str:
    return "\n".join(_lines(release, subject, moment, decision))


def _lines(release: Release, subject: Subject, moment: Moment, decision: Decision) -> Iterator[str]:
    yield f"{release.workspace}, release {release.number}, site {moment.site}, {_written(moment)}"
    if not subject.version:
        yield NEVER_SEEN
    width = max((len(line.step) for line in decision.trace), default=0)
    for line in decision.trace:
        mark = "*" if line.step == decision.step else " "
        yield f"{mark} {line.step:<{width}}  {'; '.join(map(_said, line.findings))}"
    asked = ", ".join(decision.attributes)
    yield f"{decision.step} asks {asked}." if decision.step else "Nothing is asked."


def _written(moment: Moment) -> str:
    return moment.at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _said(finding: Finding) -> str:
    reason = f": {finding.reason}" if finding.reason else ""
    return f"{finding.gate}{reason} ({finding.values})"


def _as_json(release: Release, subject: Subject, moment: Moment, decision: Decision) -> str:
    explained = {
        "workspace": release.workspace,
        "release": release.number,
        "site": moment.site,
        "at": _written(moment),
        "was_seen": subject.version > 0,
        "step": decision.step,
        "attributes": decision.attributes,
        "trace": [_step(line) for line in decision.trace],
    }
    return json.dumps(explained, indent=2, ensure_ascii=False)


def _step(line: TraceLine) -> dict[str, Any]:
    gates = [
        {"gate": one.gate, "reason": one.reason, "values": one.values} for one in line.findings
    ]
    return {"step": line.step, "reason": line.reason, "gates": gates}

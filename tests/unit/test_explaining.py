"""The command `explain`, as somebody at a terminal meets it."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import cli
from app.domain.document import read_document
from app.domain.newcomers import Newcomer, Wishes, meet
from app.domain.prompts import complete_step, skip_step
from app.domain.publishing import publish
from app.domain.release import Release
from app.lib.db import Database
from tests.unit.domain.world import AT, MINUTE, VERA, prompt

DOCUMENT = """askonce: 1
workspace: acme
subjects: shared
attributes:
  company: {kind: text}
  seats: {kind: integer}
sites:
  shop: {name: Shop, origins: ["https://shop.example"], supplies: [company]}
  club: {name: Club, origins: ["https://club.example"]}
steps:
  work:
    title: Work
    fields: [company, seats]
    trigger: {on: login, count: {at: 3}}
    sites: [shop]
  upgrade:
    title: Upgrade
    fields: [seats]
    trigger: [{on: login}, {on: page, url: {equals: /pricing}}]
    audience: {claim: plan, equals: pro}
    priority: 5
"""
LINES = """acme, release 1, site shop, 2026-11-02T09:30:00Z
This person was never seen, and is explained as one of whom nothing is known.
  upgrade  published (release 1); site (shop; the step is for every site); \
trigger (login, logins 3); audience: not_in_audience (claim plan: missing)
* work     published (release 1); site (shop; the step is for shop); \
trigger (login, logins 3); audience (everybody); not finished (never completed); \
something to ask (company: unset, seats: unset); not resting (prompts 0, skips 0); \
rank (priority 0)
work asks company, seats.
"""
WITH_DRAFT = DOCUMENT.replace("attributes:\n", "attributes:\n  brand_new: {kind: text}\n").replace(
    "fields: [company, seats]", "fields: [brand_new, company, seats]"
)
Run = Callable[..., Result]


async def prepare(url: str, document: str = DOCUMENT) -> None:
    """Published, and Vera known with a company after one login."""
    database = Database(url)
    await database.open()
    workspace = read_document(document.encode()).workspace
    assert workspace
    await database.write(publish, workspace, author="Ada", note="", source=document, at=AT)
    shop = Release.of(workspace)
    brought = Newcomer("vera", AT, AT, Wishes(), sid="a", auth_time=AT)
    await meet(database, shop, "shop", brought)
    shown = prompt(shop, sitting="sid:other")
    await database.write(complete_step, VERA, shown, {"company": "Secret"}, AT)
    await database.close()


@pytest.fixture
def run(sqlite_url: str) -> Run:
    """The command on a database in which something was published."""
    asyncio.run(prepare(sqlite_url))

    def explain(*arguments: str) -> Result:
        at = () if "--at" in arguments else ("--at", "2026-11-02T09:30:00Z")
        environment = {"DATABASE_URL": sqlite_url}
        return CliRunner().invoke(cli, ["explain", *arguments, *at], env=environment)

    return explain


SHOP = ("--site", "shop", "--subject")


def test_each_step_has_a_line_and_the_winner_a_star(run: Run) -> None:
    done = run(*SHOP, "ben", "--logins", "3")
    assert done.exit_code == 0
    assert done.stdout == LINES


def test_a_known_person_is_explained_without_a_value(run: Run) -> None:
    assert "trigger: not_triggered (login, logins 1)" in run(*SHOP, "vera").stdout
    done = run(*SHOP, "vera", "--logins", "3")
    assert "never seen" not in done.stdout
    assert "not finished (completed 2026-11-02T09:00:00Z)" in done.stdout
    assert "Secret" not in done.stdout
    assert done.stdout.endswith("work asks seats.\n")


def test_what_identifies_no_login_is_said(run: Run) -> None:
    done = run(*SHOP, "ben")
    assert (
        "trigger: not_triggered (login, logins: not counted (no auth_time or sid))" in done.stdout
    )
    assert done.stdout.endswith("Nothing is asked.\n")


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        (["--claim", "plan=pro"], "upgrade"),
        (["--claim", "plan=basic"], None),
        (["--claim", "plan"], 2),
        (["--claim", "plan=pro", "--on", "page", "--url", "https://shop.example/pricing?a=1"],
         "upgrade"),
        (["--claim", "plan=pro", "--on", "page", "--url", "https://shop.example/"], None),
        (["--claim", "plan=pro", "--on", "request", "--step", "work"], None),
        (["--claim", "plan=pro", "--on", "click", "--name", "x"], None),
        (["--logins", "3"], "work"),
        (["--logins", "4"], None),
        (["--logins", "-1"], 2),
        (["--at", "2026-11-02T09:30:00Z", "--logins", "3"], "work"),
        (["--at", "2026-11-02T09:30:00"], 2),
        (["--at", "noon"], 2),
        (["--on", "payday"], 2),
        (["--workspace", "acme", "--logins", "3"], "work"),
        (["--workspace", "other"], 1),
        (["--draft", "nowhere.yaml"], 2),
    ],
)  # fmt: skip
def test_the_moment_is_told_by_options(run: Run, arguments: list[str], step: Any) -> None:
    done = run(*SHOP, "ben", "--json", *arguments)
    if isinstance(step, int):
        assert done.exit_code == step
        return
    said = json.loads(done.stdout)
    assert said["step"] == step
    assert said["was_seen"] is False
    assert {line["step"]: line["reason"] for line in said["trace"]}.get(step) is None


def test_a_site_that_is_none_is_not_understood(run: Run) -> None:
    done = run("--site", "shopp", "--subject", "vera")
    assert done.exit_code == 2
    assert "there is no site shopp: shop, club" in done.stderr


def test_a_draft_is_explained_with_what_people_have_answered(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(WITH_DRAFT)
    done = run(*SHOP, "vera", "--logins", "3", "--draft", str(draft))
    assert done.exit_code == 0
    assert "acme, release 2" in done.stdout
    assert "brand_new: unset, company: answered, seats: unset" in done.stdout
    assert "never seen" not in done.stdout
    assert "release 1" in run(*SHOP, "vera").stdout


def test_a_draft_of_another_workspace_is_not_understood(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(DOCUMENT)
    assert run(*SHOP, "vera", "--draft", str(draft), "--workspace", "other").exit_code == 2


def test_a_draft_with_a_mistake_cannot_be_explained(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(DOCUMENT.replace("on: login", "on: logn"))
    done = run(*SHOP, "vera", "--draft", str(draft))
    assert done.exit_code == 1
    assert f"{draft}:" in done.stderr


def test_what_rests_is_explained_with_its_time(run: Run, sqlite_url: str) -> None:
    async def skip() -> None:
        database = Database(sqlite_url)
        await database.open()
        workspace = read_document(DOCUMENT.encode()).workspace
        assert workspace
        shown = prompt(Release.of(workspace), issued_at=AT + MINUTE, id="p2")
        await database.write(skip_step, VERA, shown, AT + MINUTE)
        await database.close()

    asyncio.run(skip())
    done = run(*SHOP, "vera", "--logins", "3")
    assert "not resting: snoozed_until 2026-11-03T09:01:00Z (prompts 1, skips 1)" in done.stdout


def test_nothing_is_explained_before_anything_was_published(empty_sqlite_url: str) -> None:
    arguments = ["explain", *SHOP, "vera"]
    done = CliRunner().invoke(cli, arguments, env={"DATABASE_URL": empty_sqlite_url})
    assert done.exit_code == 1
    assert "Traceback" not in done.output

"""The commands about API keys, as somebody at a terminal meets them."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from app.cli import cli
from app.domain.api_keys import ApiKeys
from app.lib.db import Database
from tests.unit.world import document, publish_document

Run = Callable[..., Result]
SHOP = ("--site", "shop", "--scope", "tickets")


@pytest.fixture
def run(database_url: str) -> Run:
    """`askonce keys …` on a database on which acme is published."""

    def invoke(*arguments: str) -> Result:
        environment = {"DATABASE_URL": database_url}
        return CliRunner().invoke(cli, ["keys", *arguments], env=environment)

    asyncio.run(publish(database_url))
    return invoke


async def publish(url: str) -> None:
    database = Database(url)
    await database.open()
    await publish_document(database, document())
    await database.close()


def scopes_of(url: str, text: str) -> tuple[str, ...]:
    """What a key is good for now. Raises Refused."""

    async def find() -> tuple[str, ...]:
        database = Database(url)
        await database.open()
        try:
            return (await ApiKeys().find(database, text, datetime.now(UTC))).scopes
        finally:
            await database.close()

    return asyncio.run(find())


def test_a_new_key_is_all_that_is_printed(run: Run, database_url: str) -> None:
    made = run("create", "--workspace", "acme", *SHOP, "--scope", "sessions", "--note", "till")
    assert made.exit_code == 0
    assert scopes_of(database_url, made.stdout.removesuffix("\n")) == ("tickets", "sessions")
    assert "this once" in made.stderr


def test_the_list_says_everything_but_the_key(run: Run) -> None:
    made = json.loads(run("create", *SHOP, "--note", "till", "--json").stdout)
    line = f"{made['id']}  acme.shop  tickets  live  never used  till"
    assert run("list").stdout.splitlines() == [line]
    (told,) = json.loads(run("list", "--json").stdout)
    assert told == {name: value for name, value in made.items() if name != "key"} | {
        "state": "live"
    }


def test_a_rotated_key_goes_on_for_the_overlap(run: Run, database_url: str) -> None:
    made = json.loads(run("create", *SHOP, "--json").stdout)
    new = run("rotate", made["id"], "--overlap", "1h")
    for text in (made["key"], new.stdout.strip()):
        assert scopes_of(database_url, text) == ("tickets",)
    assert " until " in run("list").stdout.splitlines()[0]


def test_a_revoked_key_is_listed_as_such_and_revoked_once(run: Run) -> None:
    made = json.loads(run("create", *SHOP, "--json").stdout)
    assert run("revoke", made["id"]).stdout == f"{made['id']} is revoked.\n"
    assert " revoked " in run("list").stdout
    again = run("revoke", made["id"])
    assert (again.exit_code, again.stderr) == (1, f"Error: There is no live key {made['id']}.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", "--site", "nowhere", "--scope", "tickets"), 1, "it has club, shop"),
        (("create", *SHOP, "--workspace", "other"), 1, "other has no release"),
        (("create", "--site", "shop"), 2, "--scope"),
        (("create", "--site", "shop", "--scope", "everything"), 2, "everything"),
        (("create", *SHOP, "--expires", "soon"), 2, "write a duration"),
        (("create", *SHOP, "--expires", "99999w"), 2, "at most"),
        (("rotate", "0123456789ab"), 1, "no live key"),
        (("rotate", "0123456789ab", "--overlap", "-1d"), 2, "write a duration"),
        (("revoke", "0123456789ab"), 1, "no live key"),
        (("revoke",), 2, "KEY_ID"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert json.loads(run("list", "--json").stdout) == []

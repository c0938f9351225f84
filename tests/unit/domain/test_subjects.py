"""The aggregate: read whole, written whole, nothing lost on the way."""

import random
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, insert

from app.domain.changes import find_subject
from app.domain.prompts import complete_step, skip_step
from app.domain.subjects import HARD_LIMIT, Subject, TooMuch
from app.domain.tables import subjects
from app.lib.db import Database
from tests.unit.domain.world import (
    AT,
    DAY,
    LOGIN,
    VERA,
    event_rows,
    history_rows,
    kept,
    prompt,
    release,
    vera,
)

SHOP = release(work=LOGIN)
COMPANY = SHOP.attribute_id("company")
NEWER: dict[str, Any] = {
    "format": 2,
    "answers": {COMPANY: {"state": "answered", "value": "Acme", "by": "1", "mood": "glad"}},
    "provenance": {"1": {"source": "step", "at": 1, "device": "phone"}},
    "progress": {"work": {"prompts": 1, "prompted_at": 1, "streak": 5}},
    "budget": {"spent": 3},
}


def store(connection: Connection, body: dict[str, Any]) -> None:
    row = {**VERA._asdict(), "version": 7, "body": msgspec.json.encode(body)}
    connection.execute(insert(subjects), row)


async def test_what_a_newer_process_wrote_is_kept_through_a_save(database: Database) -> None:
    await database.write(store, NEWER)
    await database.save(skip_step, VERA, prompt(SHOP), AT)
    body = (await find_subject(database, VERA)).body
    assert (body["format"], body["budget"]) == (2, {"spent": 3})
    assert body["answers"] == NEWER["answers"]
    assert body["provenance"] == NEWER["provenance"]
    assert body["progress"]["work"]["streak"] == 5
    await database.save(complete_step, VERA, prompt(SHOP, id="p2"), {"company": "Other"}, AT)
    after = await find_subject(database, VERA)
    assert after.body["answers"][COMPANY]["mood"] == "glad"
    assert after.body["answers"][COMPANY]["value"] == "Other"
    assert after.version == 9


async def test_too_much_is_refused_and_nothing_is_written(database: Database) -> None:
    before = await database.save(complete_step, VERA, prompt(SHOP), {"company": "Acme"}, AT)
    rows = await database.read(event_rows), await database.read(history_rows)
    with pytest.raises(TooMuch) as refused:
        await database.write(
            complete_step, VERA, prompt(SHOP, id="p2"), {"company": "x" * HARD_LIMIT}, AT
        )
    assert str(refused.value) == ""
    assert kept(await find_subject(database, VERA)) == kept(before)
    assert (await database.read(event_rows), await database.read(history_rows)) == rows


def test_the_limit_is_that_of_the_stored_bytes() -> None:
    def stored(length: int) -> int:
        return len(vera(SHOP, {"company": "x" * length}).to_bytes())

    most = HARD_LIMIT - stored(0)
    assert stored(most) == HARD_LIMIT
    with pytest.raises(TooMuch):
        stored(most + 1)


def test_a_row_is_read_as_it_was_written() -> None:
    person = vera(SHOP, {"company": "Acme", "seats": 0}, logins=3)
    again = Subject.from_row(VERA, (1, person.to_bytes()))
    assert kept(again) == kept(person)
    assert again.answer(COMPANY) == person.answer(COMPANY)


def test_only_the_last_prompts_of_a_day_are_remembered() -> None:
    person = Subject(VERA)
    for number in range(40):
        person = person.with_recent(f"p{number}", "digest", AT)
    names = [recent["prompt"] for recent in person.body["recent"]]
    assert names == [f"p{number}" for number in range(8, 40)]
    tomorrow = person.with_recent("new", "digest", AT + DAY)
    assert [recent["prompt"] for recent in tomorrow.body["recent"]] == ["new"]
    assert tomorrow.recent_digest("p39") is None


def test_logins_in_any_order_leave_the_same_sixteen() -> None:
    logins = [(f"auth:{n}", n * 1000) for n in range(16)]
    shuffled = random.Random(1).sample(logins, len(logins))
    person = Subject(VERA)
    for name, at in shuffled:
        person = person.with_login(name, at, ("shop",))
    assert person.body["authentications"]["shop"] == [list(login) for login in logins]

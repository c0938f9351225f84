"""Editing: one answer changed or cleared later, with its history."""

from typing import Any

import msgspec
import pytest

from app.domain.answers import Answer, Source, State
from app.domain.changes import find_subject
from app.domain.editing import Edit, clear_answer, edit_answer, editable_attributes
from app.domain.prompts import complete_step
from app.lib.db import Database
from tests.unit.domain.world import (
    AT,
    LOGIN,
    MINUTE,
    SITTING,
    SUGGESTED,
    VERA,
    event_rows,
    history_rows,
    kept,
    prompt,
    release,
    vera,
)

SHOP = release(work={**LOGIN, "fields": ["company", "letter"]})
COMPANY, LETTER = (SHOP.attribute_id(key) for key in ("company", "letter"))


def edit(key: str = "company", id: str = "e1") -> Edit:
    return Edit(id, SHOP, "shop", key, "en", SITTING)


async def test_an_edit_changes_one_answer_once(database: Database) -> None:
    said = {"company": "Acne", "letter": True}
    await database.save(complete_step, VERA, prompt(SHOP, "company", "letter"), said, AT)
    for _ in range(2):
        await database.save(edit_answer, VERA, edit(), "Acme", AT + MINUTE)
    after = await find_subject(database, VERA)
    answer = after.answer(COMPANY)
    assert answer
    told = after.provenance(answer)
    assert (answer.value, told and told.source) == ("Acme", Source.EDITOR)
    assert (after.answer(LETTER) or Answer(State.UNSET)).value is True
    assert [row[0] for row in await database.read(event_rows)][-1:] == ["edited"]
    rows = await database.read(history_rows)
    assert [msgspec.json.decode(row[2])["value"] for row in rows] == ["Acne", True, "Acme"]


async def test_clearing_forgets_the_answer_and_history_says_so(database: Database) -> None:
    await database.save(edit_answer, VERA, edit(), "Acme", AT)
    cleared = await database.save(clear_answer, VERA, edit(), AT + MINUTE)
    again = await database.save(clear_answer, VERA, edit(), AT + MINUTE)
    assert kept(again) == kept(cleared)
    assert (cleared.answered(), cleared.body["provenance"]) == ((), {})
    rows = await database.read(history_rows)
    assert [(row[1], row[2] is None) for row in rows] == [("answered", False), ("unset", True)]
    assert [row[0] for row in await database.read(event_rows)] == ["edited", "cleared"]


async def test_clearing_what_was_never_said_does_nothing(database: Database) -> None:
    assert (await database.save(clear_answer, VERA, edit(), AT)).version == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([True], ["edited", "consent_given"]),
        ([False], ["edited"]),
        ([True, False], ["edited", "consent_given", "edited", "consent_withdrawn"]),
        ([True, "clear"], ["edited", "consent_given", "cleared", "consent_withdrawn"]),
        ([False, "clear"], ["edited", "cleared"]),
    ],
)
async def test_a_consent_can_be_withdrawn_in_every_way(
    database: Database, said: list[Any], told: list[str]
) -> None:
    for number, value in enumerate(said):
        opened, at = edit("letter", f"e{number}"), AT + number * MINUTE
        if value == "clear":
            await database.save(clear_answer, VERA, opened, at)
        else:
            await database.save(edit_answer, VERA, opened, value, at)
    assert [row[0] for row in await database.read(event_rows)] == told


def test_what_a_site_asks_and_the_person_said_can_be_edited() -> None:
    person = vera(SHOP, {"seats": 3, "letter": True, "company": SUGGESTED, "former": "x"})
    assert editable_attributes(SHOP, person, "shop") == ("company", "letter")
    assert editable_attributes(release(work={**LOGIN, "sites": ["club"]}), person, "shop") == ()

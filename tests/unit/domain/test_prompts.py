"""What a person does with a prompt: answers, skips, closes it, or only sees it; twice is once."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection
from sqlalchemy.util import await_only

from app.domain.answers import Answer, Source, State
from app.domain.changes import Change, change_subject, find_subject
from app.domain.progress import skips_left
from app.domain.prompts import (
    Prompt,
    complete_step,
    completed,
    dismiss_step,
    note_prompt,
    skip_step,
)
from app.domain.subjects import Subject
from app.lib.db import Database
from tests.unit.domain.world import (
    AT,
    DAY,
    LOGIN,
    MINUTE,
    SITTING,
    VERA,
    chosen,
    count_rows,
    event_rows,
    history_rows,
    kept,
    prompt,
    reasons,
    release,
)

FIELDS = ["company", "seats", "agrees", "letter"]
SHOP = release(work={**LOGIN, "fields": FIELDS})
COMPANY, SEATS, AGREES, LETTER = (SHOP.attribute_id(key) for key in FIELDS)
LATER = AT + MINUTE


async def answer(
    database: Database, shown: Prompt, answers: Mapping[str, Any], at: datetime = LATER
) -> Subject:
    return await database.save(complete_step, VERA, shown, answers, at)


async def kinds(database: Database) -> list[str]:
    return [row[0] for row in await database.read(event_rows)]


async def test_answers_are_kept_with_where_they_came_from(database: Database) -> None:
    after = await answer(database, prompt(SHOP, *FIELDS), {"company": "Acme", "seats": 3})
    assert kept(after) == kept(await find_subject(database, VERA))
    said = after.answer(COMPANY)
    assert said
    assert (said.state, said.value) == (State.ANSWERED, "Acme")
    told = after.provenance(said)
    assert told
    assert (told.source, told.site, told.step, told.release, told.locale) == (
        Source.STEP,
        "shop",
        "work",
        1,
        "en",
    )
    assert after.said_at(said) == int(LATER.timestamp() * 1000)


async def test_one_submission_has_one_provenance(database: Database) -> None:
    await answer(database, prompt(SHOP, *FIELDS), {"company": "Acme", "seats": 3})
    after = await answer(database, prompt(SHOP, id="p2"), {"company": "Other"}, LATER + MINUTE)
    assert len(after.body["provenance"]) == 2
    after = await answer(database, prompt(SHOP, id="p3"), {"company": "Third", "seats": 4})
    assert len(after.body["provenance"]) == 1


async def test_nothing_false_and_blank_are_told_apart(database: Database) -> None:
    said = {"company": "", "seats": 0, "agrees": False, "letter": None}
    after = await answer(database, prompt(SHOP, *FIELDS), said)
    found = {key: after.answer(SHOP.attribute_id(key)) for key in said}
    values = {key: (one.state.value, one.value) for key, one in found.items() if one}
    assert values == {
        "company": ("answered", ""),
        "seats": ("answered", 0),
        "agrees": ("answered", False),
        "letter": ("empty", None),
    }
    assert after.answer(SHOP.attribute_id("plan")) is None


async def test_the_same_answers_to_the_same_prompt_are_saved_once(database: Database) -> None:
    first = await answer(database, prompt(SHOP), {"company": "Acme"})
    again = await answer(database, prompt(SHOP), {"company": "Acme"}, LATER + MINUTE)
    assert kept(again) == kept(first)
    assert await kinds(database) == ["shown", "submitted"]
    assert len(await database.read(history_rows)) == 1


async def test_other_answers_to_the_same_prompt_correct_it(database: Database) -> None:
    first = await answer(database, prompt(SHOP), {"company": "Acne"})
    after = await answer(database, prompt(SHOP), {"company": "Acme"}, LATER + MINUTE)
    said = after.answer(COMPANY)
    assert said
    assert said.value == "Acme"
    assert after.progress("work") == first.progress("work")
    assert await kinds(database) == ["shown", "submitted", "corrected"]
    rows = await database.read(history_rows)
    assert [msgspec.json.decode(row[2])["value"] for row in rows] == ["Acne", "Acme"]


async def test_a_correction_taken_back_is_one_too(database: Database) -> None:
    after = Subject(VERA)
    for value in ("one", "two", "one"):
        after = await answer(database, prompt(SHOP), {"company": value})
    assert (after.answer(COMPANY) or Answer(State.UNSET)).value == "one"
    assert (await kinds(database)).count("corrected") == 2


async def test_two_tabs_that_answer_different_things_both_win(database: Database) -> None:
    await answer(database, prompt(SHOP), {"company": "Acme"})
    after = await answer(database, prompt(SHOP, "seats", id="p2"), {"seats": 3})
    assert after.answered() == (COMPANY, SEATS)
    assert after.progress("work").shown == (COMPANY, SEATS)


async def test_of_two_tabs_that_answer_the_same_the_later_wins_and_history_keeps_both(
    database: Database,
) -> None:
    await answer(database, prompt(SHOP), {"company": "Acme"})
    after = await answer(database, prompt(SHOP, id="p2"), {"company": "Other"}, LATER + MINUTE)
    assert (after.answer(COMPANY) or Answer(State.UNSET)).value == "Other"
    rows = await database.read(history_rows)
    assert [msgspec.json.decode(row[2])["value"] for row in rows] == ["Acme", "Other"]


async def test_history_holds_what_changed_and_events_hold_no_value(database: Database) -> None:
    said = {"company": "Acme", "seats": None, "letter": True}
    await answer(database, prompt(SHOP, *FIELDS), said)
    await answer(database, prompt(SHOP, *FIELDS, id="p2"), {**said, "seats": 1}, LATER + MINUTE)
    rows = await database.read(history_rows)
    assert [row[:2] for row in rows] == [
        (int(COMPANY), "answered"),
        (int(SEATS), "empty"),
        (int(LETTER), "answered"),
        (int(SEATS), "answered"),
    ]
    assert rows[1][2] is None
    assert msgspec.json.decode(rows[2][2]) == {"value": True, "version": 2}
    assert msgspec.json.decode(rows[0][3])["step"] == "work"
    assert await database.read(event_rows) == [
        ("shown", "work", None, "shop"),
        ("submitted", "work", None, "shop"),
        ("consent_given", "work", int(LETTER), "shop"),
        ("submitted", "work", None, "shop"),
    ]
    assert await database.read(count_rows) == {
        ("work", "shown"): 1,
        ("work", "submitted"): 2,
        ("work", "consent_given"): 1,
    }


async def test_rows_of_one_save_keep_their_order_however_many(database: Database) -> None:
    many = {f"a{n}": {"kind": "integer"} for n in range(400)}
    of = release(attributes=many, work={**LOGIN, "fields": list(many)})
    await answer(database, prompt(of, *many), {key: n for n, key in enumerate(many)})
    rows = await database.read(history_rows)
    assert [row[0] for row in rows] == [int(of.attribute_id(key)) for key in many]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([True], ["consent_given"]),
        ([False], []),
        ([None], []),
        ([True, True], ["consent_given"]),
        ([True, False], ["consent_given", "consent_withdrawn"]),
        ([False, True, None], ["consent_given", "consent_withdrawn"]),
    ],
)
async def test_a_consent_is_given_and_withdrawn(
    database: Database, said: list[Any], told: list[str]
) -> None:
    for number, value in enumerate(said):
        shown = prompt(SHOP, "letter", id=f"p{number}")
        await answer(database, shown, {"letter": value}, AT + number * MINUTE)
    assert [kind for kind in await kinds(database) if kind.startswith("consent")] == told


async def test_a_consent_without_a_version_is_one_and_a_boolean_is_none(
    database: Database,
) -> None:
    bare = {"kind": "consent", "purpose": "p", "text": "Yes."}
    versioned = {"kind": "boolean", "version": 1}
    of = release(
        attributes={"bare": bare, "versioned": versioned},
        work={**LOGIN, "fields": ["bare", "versioned"]},
    )
    await answer(database, prompt(of, "bare", "versioned"), {"bare": True, "versioned": True})
    told = [row for row in await database.read(event_rows) if row[0] == "consent_given"]
    assert told == [("consent_given", "work", int(of.attribute_id("bare")), "shop")]


# Skipping


@pytest.mark.parametrize(
    ("skip", "rests"),
    [
        ({}, [1, 7, 30, None]),
        ({"snooze": ["2d"]}, [2, None]),
        ({"snooze": []}, [None]),
        ({"limit": 2}, [1, None]),
        ({"limit": 1}, [None]),
        ({"snooze": ["1d"], "limit": 9}, [1, None]),
    ],
)
async def test_each_skip_is_a_rung_and_the_last_is_final(
    database: Database, skip: dict[str, Any], rests: list[int | None]
) -> None:
    of = release(work={**LOGIN, "skip": skip})
    at = AT
    for number, days in enumerate(rests):
        shown = prompt(of, id=f"p{number}", issued_at=at, sitting=f"sid:{number}")
        known = await find_subject(database, VERA)
        assert skips_left(known.progress("work"), of.steps["work"].skip) == len(rests) - number - 1
        after = await database.save(skip_step, VERA, shown, at)
        told = {"at": at + MINUTE, "sitting": "sid:new"}
        if days is None:
            assert reasons(of, after, **told) == {"work": "stopped"}
        else:
            at += days * DAY
            assert chosen(of, after, **told) is None
            assert chosen(of, after, at=at - timedelta(milliseconds=1), sitting="sid:new") is None
            assert chosen(of, after, at=at, sitting="sid:new") == "work"
    assert (await kinds(database)).count("stopped") == 1


async def skip(database: Database, shown: Prompt, at: datetime = LATER) -> Subject:
    return await database.save(skip_step, VERA, shown, at)


async def test_a_skip_is_counted_once(database: Database) -> None:
    first = await skip(database, prompt(SHOP))
    assert kept(await skip(database, prompt(SHOP), LATER + MINUTE)) == kept(first)
    assert await kinds(database) == ["shown", "skipped"]


async def test_a_second_tab_skips_no_second_rung(database: Database) -> None:
    await skip(database, prompt(SHOP))
    after = await skip(database, prompt(SHOP, id="p2"), LATER + MINUTE)
    assert after.progress("work").skips == 1


async def test_a_skip_of_a_later_prompt_is_the_next_rung(database: Database) -> None:
    await skip(database, prompt(SHOP))
    after = await skip(database, prompt(SHOP, id="p2", issued_at=AT + DAY), AT + DAY)
    assert after.progress("work").skips == 2


async def test_a_skip_after_the_step_was_completed_does_nothing(database: Database) -> None:
    done = await answer(database, prompt(SHOP), {"company": "Acme"})
    for verb in (skip_step, dismiss_step, note_prompt):
        for name in ("p1", "p2"):
            after = await database.save(verb, VERA, prompt(SHOP, id=name), LATER)
            assert kept(after) == kept(done)


async def test_a_step_that_may_not_be_skipped_is_not(database: Database) -> None:
    of = release(work={**LOGIN, "skip": False})
    after = await skip(database, prompt(of))
    assert (after.version, await kinds(database)) == (0, [])


async def test_who_skipped_and_went_back_can_still_answer(database: Database) -> None:
    await skip(database, prompt(SHOP))
    after = await answer(database, prompt(SHOP), {"company": "Acme"}, LATER + MINUTE)
    assert after.progress("work").completed_at
    assert after.progress("work").skips == 0
    assert await kinds(database) == ["shown", "skipped", "submitted"]


async def test_a_step_that_was_stopped_stops_once(database: Database) -> None:
    of = release(work={"trigger": {"on": "click", "name": "x"}, "skip": {"snooze": []}})
    for number in range(2):
        shown = prompt(of, id=f"p{number}", issued_at=AT + number * DAY)
        await skip(database, shown, AT + number * DAY)
    assert (await kinds(database)).count("stopped") == 1


# Closing and seeing


async def test_a_closed_step_rests_for_the_sitting(database: Database) -> None:
    after = Subject(VERA)
    for _ in range(2):
        after = await database.save(dismiss_step, VERA, prompt(SHOP), LATER)
    assert await kinds(database) == ["shown", "dismissed"]
    assert reasons(SHOP, after, at=LATER) == {"work": "dismissed"}
    assert chosen(SHOP, after, at=LATER, sitting="sid:evening") == "work"
    assert after.progress("work").skips == 0


async def test_who_closed_it_and_went_back_can_still_answer(database: Database) -> None:
    await database.save(dismiss_step, VERA, prompt(SHOP), LATER)
    after = await answer(database, prompt(SHOP), {"company": "Acme"})
    assert reasons(SHOP, after, at=LATER) == {"work": "completed"}


async def test_a_prompt_is_seen_once_in_a_sitting(database: Database) -> None:
    sittings = [SITTING, SITTING, "sid:noon", "sid:noon", "sid:night"]
    after = Subject(VERA)
    for number, sitting in enumerate(sittings):
        shown = prompt(SHOP, id=f"p{number}", sitting=sitting)
        after = await database.save(note_prompt, VERA, shown, LATER)
    assert after.progress("work").prompts == 3
    assert await kinds(database) == ["shown"] * 3


@pytest.mark.parametrize("verb", [skip_step, dismiss_step])
async def test_what_was_done_with_a_prompt_implies_that_it_was_seen(
    database: Database, verb: Any
) -> None:
    after = await database.save(verb, VERA, prompt(SHOP), LATER)
    assert after.progress("work").prompts == 1
    assert kept(await database.save(note_prompt, VERA, prompt(SHOP), LATER)) == kept(after)


async def test_a_step_that_was_shown_often_enough_is_left_and_asked_anew_once_reopened(
    database: Database,
) -> None:
    of = release(work={**LOGIN, "prompts": 1})
    after = await database.save(note_prompt, VERA, prompt(of), LATER)
    assert chosen(of, after) == "work"
    assert reasons(of, after, sitting="sid:new") == {"work": "prompted_enough"}
    after = await answer(database, prompt(of), {"company": "Acme"})
    once_more = release(work={**LOGIN, "prompts": 1, "again": 1, "ask": "all"}, number=2)
    assert chosen(once_more, after, at=AT + DAY, sitting="sid:new") == "work"


async def test_a_submitted_step_is_not_chosen_again_however_it_was_asked_for(
    database: Database,
) -> None:
    of = release(
        work={"trigger": [{"on": "login"}, {"on": "request"}, {"on": "click", "name": "x"}]}
    )
    after = await answer(database, prompt(of), {"company": None})
    for told in ({"on": "login"}, {"on": "request", "step": "work"}, {"on": "click", "name": "x"}):
        assert reasons(of, after, at=LATER, **told) == {"work": "completed"}


# Races


async def test_a_row_that_changed_in_between_is_merged(database: Database) -> None:
    """Another verb saves between our reading and our compare-and-set: both are kept."""
    await answer(database, prompt(SHOP), {"company": "Acme"})
    seen: list[int] = []

    def overtaken(connection: Connection) -> Subject:
        def change(subject: Subject) -> Change | None:
            seen.append(subject.version)
            if len(seen) == 1:
                other = prompt(SHOP, "agrees", id="p2")
                complete_step(connection, VERA, other, {"agrees": True}, LATER)
            return completed(subject, prompt(SHOP, "seats", id="p3"), {"seats": 3}, LATER)

        return change_subject(connection, VERA, change, LATER)

    after = await database.write(overtaken)
    assert seen == [1, 2]
    assert set(after.answered()) == {COMPANY, AGREES, SEATS}
    assert kept(after) == kept(await find_subject(database, VERA))
    assert len(await database.read(history_rows)) == 3


async def test_many_writers_of_one_person_lose_nothing(
    database: Database, database_url: str
) -> None:
    many = {f"a{n}": {"kind": "integer"} for n in range(24)}
    of = release(attributes=many, work={**LOGIN, "fields": list(many)})
    other = Database(database_url)
    await other.open()
    await asyncio.gather(
        *(
            answer(one, prompt(of, key, id=f"{key}-{n}"), {key: n})
            for n, key in enumerate(many)
            for one in (database, other)[n % 2 : n % 2 + 1]
        )
    )
    await other.close()
    after = await find_subject(database, VERA)
    assert after.version == 24
    assert {
        key: (after.answer(of.attribute_id(key)) or Answer(State.UNSET)).value for key in many
    } == {key: n for n, key in enumerate(many)}
    assert await database.read(count_rows) == {("work", "shown"): 1, ("work", "submitted"): 24}


async def test_a_double_click_of_a_new_person_saves_once(database: Database) -> None:
    saved = await asyncio.gather(
        *(answer(database, prompt(SHOP), {"company": "Acme"}) for _ in range(8))
    )
    assert {one.version for one in saved} == {1}
    assert await kinds(database) == ["shown", "submitted"]


async def test_two_connections_collide_and_both_win(postgresql_url: str) -> None:
    """The first is held between reading and saving, so that its compare-and-set fails."""
    database = Database(postgresql_url)
    await answer(database, prompt(SHOP), {"company": "Acme"})
    was_read, was_overtaken = asyncio.Event(), asyncio.Event()
    seen: list[int] = []

    def held(connection: Connection) -> Subject:
        def change(subject: Subject) -> Change | None:
            seen.append(subject.version)
            was_read.set()
            await_only(was_overtaken.wait())
            return completed(subject, prompt(SHOP, "seats", id="p2"), {"seats": 3}, LATER)

        return change_subject(connection, VERA, change, LATER)

    with database.counting() as counted:
        first = asyncio.create_task(database.save(held))
        await was_read.wait()
        await answer(database, prompt(SHOP, "agrees", id="p3"), {"agrees": True})
        was_overtaken.set()
        after = await first
    await database.close()
    assert seen == [1, 2]
    # The lock would be let go at once outside of a transaction.
    last = [statement.split()[0] for statement in counted.statements[-5:]]
    assert last == ["WITH", "BEGIN", "SELECT", "WITH", "COMMIT"]
    assert set(after.answered()) == {COMPANY, AGREES, SEATS}


async def test_what_happened_at_one_moment_keeps_its_order(database: Database) -> None:
    """A sandbox's clock stands still between two clicks."""
    for number in range(6):
        shown = prompt(SHOP, id=f"p{number}")
        await answer(database, shown, {"company": str(number)}, AT)
    rows = await database.read(history_rows)
    assert [msgspec.json.decode(row[2])["value"] for row in rows] == list("012345")
    assert await kinds(database) == ["shown", *["submitted"] * 6]


# What it costs


APPENDED = ["history", "events", "counts"]
STATEMENTS = {
    "sqlite": [
        "BEGIN IMMEDIATE",
        "SELECT",
        "{write}",
        *(f"INSERT INTO {table}" for table in APPENDED),
        "COMMIT",
    ],
    "postgresql": ["SELECT", "WITH guard AS ({write}"],
}


async def test_a_save_is_one_short_transaction(database: Database, engine: str) -> None:
    expected = STATEMENTS[engine]
    await find_subject(database, VERA)
    for number, write in enumerate(("INSERT INTO subjects", "UPDATE subjects")):
        shown = prompt(SHOP, id=f"p{number}", sitting=f"sid:{number}")
        with database.counting() as counted:
            await answer(database, shown, {"company": str(number)}, AT + number * DAY)
        assert (counted.reads, counted.transactions) == (0, 1)
        said = [part.format(write=write) for part in expected]
        assert len(counted.statements) == len(said), counted.statements
        assert all(s.startswith(p) for s, p in zip(counted.statements, said, strict=True))


async def test_what_was_saved_before_costs_one_read_and_writes_nothing(
    database: Database, engine: str
) -> None:
    await answer(database, prompt(SHOP), {"company": "Acme"})
    with database.counting() as counted:
        await answer(database, prompt(SHOP), {"company": "Acme"})
    words = [statement.split()[0] for statement in counted.statements]
    assert words == {"sqlite": ["BEGIN", "SELECT", "COMMIT"], "postgresql": ["SELECT"]}[engine]

"""What a request asks of the database: one read to render, one short transaction to save."""

from typing import TYPE_CHECKING

import pytest

from tests.unit.world import World

if TYPE_CHECKING:
    from app.lib.db import Counted

ANSWERS = "fragments/4/answers"
SKIPS = "fragments/4/skips"


def rows_read(counted: "Counted") -> int:
    """How often a person's row was read; what else reads is the watch for releases."""
    return sum("SELECT" in sent and "FROM subjects" in sent for sent in counted.statements)


def writes(counted: "Counted") -> list[str]:
    return [s for s in counted.statements if s.lstrip().startswith(("INSERT", "UPDATE", "WITH"))]


@pytest.fixture
async def known(world: World) -> World:
    """A person who was here before, and whose login is counted."""
    await world.mount(sid="s1")
    return world


async def test_showing_a_step_to_a_known_person_is_one_read(known: World) -> None:
    with known.runtime.database.counting() as counted:
        shown = await known.mount(sid="s1")
    assert shown.heading == "About your work"
    assert (rows_read(counted), counted.transactions) == (1, 0)


async def test_the_same_request_again_writes_nothing(known: World) -> None:
    with known.runtime.database.counting() as counted:
        for _ in range(3):
            await known.mount(sid="s1")
    assert (rows_read(counted), counted.transactions) == (3, 0)


async def test_a_person_never_seen_is_one_read_and_one_transaction(world: World) -> None:
    with world.runtime.database.counting() as counted:
        await world.mount(sid="s1")
    assert counted.transactions == 1


@pytest.mark.parametrize(("place", "typed"), [(ANSWERS, {"company": "Acme"}), (SKIPS, {})])
async def test_saving_is_one_transaction_that_reads_the_row_once(
    known: World, place: str, typed: dict[str, str]
) -> None:
    shown = await known.mount(sid="s1")
    with known.runtime.database.counting() as counted:
        answer = await known.submit(shown, place, **typed)
    assert answer.status == 200
    assert (rows_read(counted), counted.transactions) == (1, 1)


async def test_wrong_input_asks_the_database_nothing(known: World) -> None:
    shown = await known.mount(sid="s1")
    with known.runtime.database.counting() as counted:
        answer = await known.submit(shown, ANSWERS, company="")
    assert answer.status == 422
    assert (rows_read(counted), counted.transactions) == (0, 0)


async def test_the_same_answers_again_write_nothing(known: World) -> None:
    shown = await known.mount(sid="s1")
    await known.submit(shown, ANSWERS, company="Acme")
    with known.runtime.database.counting() as counted:
        await known.submit(shown, ANSWERS, company="Acme")
    assert not [
        s for s in counted.statements if s.lstrip().upper().startswith(("INSERT", "UPDATE", "WITH"))
    ]

"""Claims: what a site says about a person decides what is asked, and is never stored."""

import pytest

from app.lib.db import Database
from tests.unit.world import World, document, open_world, publish_document

BIG_TEAMS = {"{known: company}": "{all: [{known: company}, {claim: team, at_least: 50}]}"}


@pytest.mark.parametrize(("team", "next_step"), [(70, "Your office"), (5, "Thank you")])
@pytest.mark.parametrize("mode", ["page", "frame"])
async def test_a_claim_decides_as_long_as_the_visit_lasts(
    database: Database, database_url: str, private: set[str], mode: str, team: int, next_step: str
) -> None:
    await publish_document(database, document(**BIG_TEAMS))
    async with open_world(database_url, private=private) as world:
        shown = await answered(world, mode, team)
        assert shown == next_step
        assert "team" not in str((await world.person()).body)


async def answered(world: World, mode: str, team: int) -> str:
    if mode == "page":
        step = await world.mount(team=team)
        return (await world.send(step, "answers", company="Acme")).heading
    frame = await world.frame(await world.ticket(claims={"team": team}))
    return (await world.in_frame(frame, "fragments/frame/answers", company="Acme")).heading


async def test_what_no_audience_asks_for_is_not_kept(world: World) -> None:
    frame = await world.frame(await world.ticket(claims={"salary": 100_000}))
    assert frame.heading == "About your work"
    assert len(frame.token) == len((await world.frame(await world.ticket())).token)

"""Every attack that we know of comes to nothing: refused for its reason, cheaply, in silence.

Each row of the tables beside this file is one request; each test asks one thing about all of them.
"""

from itertools import groupby

import pytest

from tests.unit.attacks import forms, requests, secrets, tokens
from tests.unit.attacks.arena import Arena, Attack
from tests.unit.attacks.doors import DOORS, FORMS, Door, Form, Mint, open_page, someone
from tests.unit.signing import SHOP

pytestmark = pytest.mark.asyncio(loop_scope="module")
STATEFUL = list(secrets.attacks())
ATTACKS = [*tokens.attacks(), *forms.attacks(), *STATEFUL, *requests.attacks()]


def _group(attack: Attack) -> str:
    return attack.name.partition(":")[0]


GROUPS = {name: list(rows) for name, rows in groupby(sorted(ATTACKS, key=_group), _group)}
# What is refused before a database is asked is refused alike on each.
CASES = [("on_sqlite", group) for group in GROUPS]
CASES += [("on_postgresql", group) for group in sorted({_group(attack) for attack in STATEFUL})]
every_group = pytest.mark.parametrize(("arena", "group"), CASES, indirect=["arena"])
each_database = pytest.mark.parametrize("arena", ["on_sqlite", "on_postgresql"], indirect=True)


@each_database
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
async def test_each_door_lets_in_who_is_the_site_s(arena: Arena, door: Door) -> None:
    sent = await door.sends(arena, Mint(door.kind).says())
    if door.name == "renewals":
        sub = someone()
        page = await open_page(arena, "frame", sub)
        sent = (await door.sends(arena, Mint(door.kind, sub).says())).typed(_t=page["_t"])
    assert (await arena.send(sent)).status_code in (200, 201, 204)


@each_database
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_each_form_does_what_it_is_for(arena: Arena, form: Form) -> None:
    page = await open_page(arena, form.page, someone())
    assert (await arena.send(await form.sends(arena, page))).status_code in (200, 204)


async def test_no_two_rows_have_one_name() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@every_group
async def test_each_is_refused_for_its_reason(arena: Arena, group: str) -> None:
    seen = {attack.name: await arena.see(attack) for attack in GROUPS[group]}
    why = {name: (one.status, one.noted.get("refusal", "")) for name, one in seen.items()}
    assert why == {attack.name: (attack.status, attack.code) for attack in GROUPS[group]}
    assert {name: one.counted for name, one in seen.items()} == dict.fromkeys(seen, 1)


@every_group
async def test_none_writes_anything(arena: Arena, group: str) -> None:
    written = {attack.name: (await arena.see(attack)).changed for attack in GROUPS[group]}
    assert written == {attack.name: attack.spends for attack in GROUPS[group]}


@every_group
async def test_none_costs_more_than_it_must(arena: Arena, group: str) -> None:
    """No signature is looked at, and nothing asked, where it can be decided before."""
    seen = {attack.name: await arena.see(attack) for attack in GROUPS[group]}
    dear = {
        attack.name: (seen[attack.name].looks, seen[attack.name].asks)
        for attack in GROUPS[group]
        if seen[attack.name].looks > attack.looks or len(seen[attack.name].asks) > attack.asks
    }
    assert dear == {}


@every_group
async def test_the_log_tells_of_none(arena: Arena, group: str) -> None:
    for attack in GROUPS[group]:
        lines = (await arena.see(attack)).lines
        assert [line for line in lines if any(one in line for one in arena.world.private)] == []


@every_group
async def test_no_answer_says_why(arena: Arena, group: str) -> None:
    """Nor says it back what was sent."""
    for attack in GROUPS[group]:
        seen = await arena.see(attack)
        answer = f"{seen.response.headers} {seen.response.text}"
        assert seen.is_explained or not attack.code or attack.code not in answer
        assert [said for said in arena.world.private if said in answer] == []


@every_group
async def test_all_that_a_place_refuses_reads_alike(arena: Arena, group: str) -> None:
    readings: dict[tuple[object, ...], set[str]] = {}
    for attack in GROUPS[group]:
        seen = await arena.see(attack)
        if not seen.is_explained:
            place = (*seen.place, bool(attack.code))
            readings.setdefault(place, set()).add(seen.reading)
    assert {place: len(found) for place, found in readings.items()} == dict.fromkeys(readings, 1)


@every_group
async def test_no_other_page_may_read_the_answer(arena: Arena, group: str) -> None:
    for attack in GROUPS[group]:
        seen = await arena.see(attack)
        allowed = seen.response.headers.get("access-control-allow-origin")
        assert allowed in (None, SHOP, "https://www.shop.example")
        assert allowed in (None, seen.sent.headers.get("origin"))

"""Every attack that we know of comes to nothing: refused for its reason, cheaply, in silence.

Each row of the tables beside this file is one request; each test asks one thing about all of them.
"""

import pytest

from tests.unit.attacks import forms, tokens
from tests.unit.attacks.arena import Arena, Attack
from tests.unit.attacks.doors import DOORS, FORMS, Door, Form, Mint, open_page, someone

pytestmark = pytest.mark.asyncio(loop_scope="module")
ATTACKS = [*tokens.attacks(), *forms.attacks()]
every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
async def test_each_door_lets_in_who_is_the_site_s(arena: Arena, door: Door) -> None:
    sent = await door.sends(arena, Mint(door.kind).says())
    if door.name == "renewals":
        sub = someone()
        page = await open_page(arena, "frame", sub)
        sent = (await door.sends(arena, Mint(door.kind, sub).says())).typed(_t=page["_t"])
    assert (await arena.send(sent)).status_code in (200, 201, 204)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_each_form_does_what_it_is_for(arena: Arena, form: Form) -> None:
    page = await open_page(arena, form.page, someone())
    assert (await arena.send(await form.sends(arena, page))).status_code in (200, 204)


@every_attack
async def test_it_is_refused_for_its_reason(arena: Arena, attack: Attack) -> None:
    seen = await arena.see(attack)
    found = seen.response.status_code, seen.noted.get("refusal", ""), seen.counted
    assert found == (attack.status, attack.code, 1)


@every_attack
async def test_it_writes_nothing(arena: Arena, attack: Attack) -> None:
    assert (await arena.see(attack)).changed == attack.spends


@every_attack
async def test_it_costs_no_more_than_it_must(arena: Arena, attack: Attack) -> None:
    seen = await arena.see(attack)
    assert (seen.looks, len(seen.asks)) == (attack.looks, attack.asks)


@every_attack
async def test_no_line_of_the_log_tells_of_it(arena: Arena, attack: Attack) -> None:
    seen = await arena.see(attack)
    assert [line for line in seen.lines if any(one in line for one in arena.world.private)] == []
    assert seen.noted["event"] == "request"

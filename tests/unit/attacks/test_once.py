"""What is good for once lets one in, of all who come at once; and nothing rides along with it."""

import asyncio

import pytest

from tests.unit.attacks.arena import Arena
from tests.unit.attacks.doors import FORMS, SITE, Mint, open_page, someone
from tests.unit.attacks.secrets import coded, errand, fresh_exchange, sent_by_tenant, ticketed
from tests.unit.signing import SHOP

pytestmark = pytest.mark.asyncio(loop_scope="module")
ONCE = {
    "assertion": fresh_exchange,
    "ticket": ticketed,
    "errand": errand,
    "code": coded,
    "tenant": sent_by_tenant,
}
INJECTED = "en\r\nX-Evil: 1\r\n\r\n<script>"
each_database = pytest.mark.parametrize("arena", ["on_sqlite", "on_postgresql"], indirect=True)
on_one = pytest.mark.parametrize("arena", ["on_sqlite"], indirect=True)


@each_database
@pytest.mark.parametrize("name", ONCE)
async def test_of_many_at_once_in_two_processes_one_is_let_in(arena: Arena, name: str) -> None:
    sent = await ONCE[name](arena)
    asked = [arena.send(sent, process) for process in (arena.world, arena.other) * 4]
    statuses = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert len([status for status in statuses if status < 400]) == 1
    assert set(statuses) - {200, 303} <= {400, 401, 410}


@each_database
@pytest.mark.parametrize("page", ["4", "frame", "hosted"])
async def test_a_form_saves_what_it_asked_and_nothing_beside(arena: Arena, page: str) -> None:
    sub = someone()
    form = next(form for form in FORMS if form.name == f"{page} answers")
    sent = await form.sends(arena, await open_page(arena, page, sub))
    beside = {"score": "7", "plan": "gold", "nickname": "Mallory", "seats": "3"}
    assert (await arena.send(sent.typed(**beside))).status_code == 200
    assert (await arena.world.answers(sub)).keys() == {"company", "website"}


@on_one
@pytest.mark.parametrize("name", ["accept-language", "hx-current-url", "user-agent", "locale"])
async def test_no_line_of_a_request_becomes_one_of_the_answer(arena: Arena, name: str) -> None:
    token = arena.world.keep(Mint("htmx", someone()).says())
    headers = {"authorization": f"Bearer {token}", "origin": SHOP, name: INJECTED}
    query = {"locale": INJECTED, "on": "login", "name": INJECTED}
    path = f"{SITE}/fragments/4"
    told = {n: v.replace("\r\n", " ") for n, v in headers.items()}
    answer = await arena.world.client.get(path, params=query, headers=told)
    assert answer.status_code == 200
    assert "x-evil" not in answer.headers
    assert "<script>" not in answer.text
    assert not any("\r" in value or "\n" in value for value in answer.headers.values())

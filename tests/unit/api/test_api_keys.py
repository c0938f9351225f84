"""A backend without signatures shows an API key of its site."""

from typing import Any

import httpx
import pytest

from app.domain.api_keys import ApiKey, create_key, revoke_key
from app.domain.backchannel import SCOPES
from tests.unit.signing import SHOP
from tests.unit.world import VERA, World

TICKETS = "/api/v1/tickets"
ASKED = {"sub": VERA, "origin": SHOP}


async def key(world: World, **changes: Any) -> tuple[ApiKey, str]:
    """A key of the Shop; no log line of the test may hold its secret."""
    wanted = ApiKey("", "acme", "shop", SCOPES, "", world.runtime.now())._replace(**changes)
    made, text = await world.database.write(create_key, wanted)
    world.keep(text[-43:])
    return made, text


async def ask(world: World, credential: str, scheme: str = "Bearer") -> httpx.Response:
    headers = {"authorization": f"{scheme} {credential}".strip()}
    return await world.client.post(TICKETS, json=ASKED, headers=headers)


async def test_a_key_of_the_site_asks_for_a_ticket(world: World) -> None:
    _, text = await key(world)
    answer = await ask(world, text)
    assert answer.status_code == 201
    world.keep(answer.json()["ticket"])


async def test_a_key_logs_a_person_out(world: World) -> None:
    step = await world.mount()
    _, text = await key(world, scopes=("sessions",))
    path = f"/api/v1/subjects/{VERA}/sessions"
    headers = {"authorization": f"Bearer {text}"}
    assert (await world.client.delete(path, headers=headers)).status_code == 204
    assert (await world.send(step, "dismissals")).status == 401


async def test_a_key_is_for_its_scopes_alone(world: World) -> None:
    _, text = await key(world, scopes=("sessions", "results"))
    answer = await ask(world, text)
    assert (answer.status_code, answer.json()["error"]) == (403, "api_key_scope")


async def test_a_key_of_one_site_asks_nothing_of_another(world: World) -> None:
    _, text = await key(world, site="club")
    answer = await ask(world, text)
    assert (answer.status_code, answer.json()["error"]) == (403, "token_origin")


async def test_every_key_that_is_not_good_is_refused_in_the_same_words(world: World) -> None:
    made, text = await key(world)
    await world.database.write(revoke_key, made.id, world.runtime.now())
    _, ended = await key(world, expires_at=world.runtime.now())
    _, nowhere = await key(world, site="nowhere")
    bad = ["ak_", "ak_x", text[:-1] + "~", f"ak_{made.id}_{'A' * 43}", text, ended, nowhere]
    answers = [await ask(world, one) for one in bad]
    assert {(one.status_code, one.content) for one in answers} == {(401, answers[0].content)}
    assert answers[0].json()["error"] == "unauthorized"


@pytest.mark.parametrize("scheme", ["Basic", "ak", ""])
async def test_a_key_comes_as_a_bearer(world: World, scheme: str) -> None:
    _, text = await key(world)
    assert (await ask(world, text, scheme)).status_code == 401


async def test_a_key_is_no_assertion(world: World) -> None:
    _, text = await key(world)
    mounted = await world.mount(headers={"authorization": f"Bearer {text}"})
    assert (mounted.status, mounted.response.text) == (401, "")

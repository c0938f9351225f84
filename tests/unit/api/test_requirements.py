"""What is missing for a person at a site, and where to send them, in one call."""

from typing import Any

import pytest

from tests.unit.signing import SHOP
from tests.unit.world import STATE, VERA, WELCOME, Shown, World

REQUIRES = {
    "    supplies: [given_name,": "    requires: [given_name, nickname]\n    supplies: [given_name,"
}
PHONE = """  called:
    title: {en: What may we call you?}
    sites: [shop]
    fields: [{attribute: nickname, required: true}]
    skip: false
  phone:
"""


async def asked(world: World, **body: Any) -> dict[str, Any]:
    answer = await world.tell("requirements", **{"sub": VERA, **body})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    for secret in ("ticket",):
        world.keep(found.get(secret, ""))
    return found


async def sent(world: World, **body: Any) -> Shown:
    """The page to which somebody is sent."""
    told = await asked(world, return_to=WELCOME, state=STATE, **body)
    return await world.visit(told["url"].removeprefix("https://ask.example"))


async def test_what_a_person_would_be_asked_is_said(world: World) -> None:
    told = await asked(world)
    assert told == {
        "missing": [],
        "decision": "ask",
        "step": "work",
        "asks": ["company", "website"],
    }


async def test_with_a_way_back_there_is_an_address_to_send_them_to(world: World) -> None:
    told = await asked(world, return_to=WELCOME, state=STATE)
    assert told.keys() == {"missing", "decision", "step", "asks", "ticket", "url", "expires_in"}
    assert (await world.visit(f"/v1/hosted/{told['ticket']}")).heading == "About your work"


async def test_what_is_required_and_unknown_is_missing(world: World) -> None:
    await world.publishes(**REQUIRES)
    assert (await asked(world))["missing"] == ["given_name", "nickname"]
    assert (await asked(world, sub="b", traits={"given_name": "B"}))["missing"] == ["nickname"]


async def test_what_a_site_may_not_supply_is_still_missing(world: World) -> None:
    await world.publishes(**REQUIRES)
    told = await asked(world, traits={"nickname": "Vee", "given_name": 7}, claims={"nickname": "V"})
    assert told["missing"] == ["given_name", "nickname"]


async def test_nothing_to_ask_has_no_address(world: World) -> None:
    await world.publishes(**REQUIRES)
    page = await world.visit(await world.errand())
    await world.on_page(page, "fragments/skips")
    told = await asked(world, return_to=WELCOME)
    assert told == {"missing": ["given_name", "nickname"], "decision": "nothing"}


async def test_a_step_that_waits_to_be_asked_for_asks_what_is_missing(world: World) -> None:
    await world.publishes(**REQUIRES, **{"  phone:\n": PHONE})
    told = await asked(world, traits={"given_name": "Vera"})
    assert (told["missing"], told["step"], told["asks"]) == (["nickname"], "called", ["nickname"])


async def test_what_is_missing_comes_first_and_then_what_the_login_brings(world: World) -> None:
    await world.publishes(**REQUIRES, **{"  phone:\n": PHONE})
    page = await sent(world, traits={"given_name": "Vera"})
    assert (page.heading, page.buttons) == ("What may we call you?", ["Save", "Close"])
    work = await world.on_page(page, "fragments/answers", nickname="Vee")
    assert work.heading == "About your work"
    await world.on_page(work, "fragments/skips")
    assert (await asked(world, return_to=WELCOME))["decision"] == "nothing"


async def test_who_skipped_everything_else_is_asked_for_it_again(world: World) -> None:
    await world.publishes(**REQUIRES, **{"  phone:\n": PHONE})
    for _ in range(2):
        page = await sent(world, traits={"given_name": "Vera"})
        assert page.heading == "What may we call you?"
        await world.on_page(page, "fragments/dismissals")


async def test_the_result_says_what_is_missing_still(world: World) -> None:
    await world.publishes(**REQUIRES)
    page = await sent(world)
    end = await world.on_page(page, "fragments/skips")
    code = end.headers["refresh"].rpartition("code=")[2]
    answer = await world.tell("results", code=code, state=STATE)
    assert answer.json()["missing"] == ["given_name", "nickname"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"sub": ""}, 400, "token_subject"),
        ({"sub": None}, 400, "request_body"),
        ({"surprise": 1}, 400, "request_body"),
        ({"traits": []}, 400, "request_body"),
        ({"moment": {"on": "never"}}, 400, "unknown_moment"),
        ({"auth_time": 2**40}, 400, "token_auth_time"),
        ({"return_to": WELCOME, "state": "a\nb"}, 400, "request_body"),
        ({"site": "acme.club"}, 401, "unauthorized"),
    ],
)
async def test_a_wrong_request_is_said_to_its_author(
    door: World, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await door.tell("requirements", **{"sub": VERA, **body})
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert (await door.person()).version == 0


async def test_who_is_sent_while_logging_in_is_counted_once(world: World) -> None:
    await sent(world)
    assert (await world.person()).logins("shop") == 1
    await asked(world)
    assert (await world.person()).logins("shop") == 1


async def test_a_page_may_not_ask(door: World) -> None:
    headers = {"authorization": f"Bearer {door.assertion()}", "origin": SHOP}
    answer = await door.client.post("/api/v1/requirements", json={"sub": VERA}, headers=headers)
    assert answer.status_code == 401

"""A site's backend redeems a code: once, in time, for its own site."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.domain.results import Result, issue_code
from tests.unit.world import STATE, VERA, WELCOME, World, open_world

ANSWERS = "fragments/answers"


async def code_of(world: World, **body: Any) -> str:
    """The code that a skipped step ends with."""
    page = await world.visit(await world.errand(**body))
    end = await world.on_page(page, "fragments/skips")
    url = end.headers["refresh"].partition("url=")[2]
    return world.keep(dict(parse_qsl(urlsplit(url).query))["code"])


async def test_a_code_is_redeemed_once(world: World) -> None:
    code = await code_of(world)
    assert len(code) == 43
    answers = [await world.tell("results", code=code, state=STATE) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[0].json()["sub"] == VERA
    assert answers[1].json()["error"] == "code_spent"
    assert answers[0].headers["cache-control"] == "no-store"


async def test_of_two_processes_at_once_one_wins(world: World, database_url: str) -> None:
    code = await code_of(world)
    async with open_world(database_url, private=world.private) as other:
        asked = [one.tell("results", code=code) for one in (world, other) for _ in range(4)]
        answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [200, *[400] * 7]


async def test_another_state_uses_the_code_up(world: World) -> None:
    for wrong in ("another", "", STATE + " "):
        code = await code_of(world, sub=f"somebody-{len(wrong)}")
        refused = await world.tell("results", code=code, state=wrong)
        assert (refused.status_code, refused.json()["error"]) == (400, "code_state")
        assert (await world.tell("results", code=code, state=STATE)).status_code == 400


async def test_another_site_cannot_redeem_it_nor_use_it_up(world: World) -> None:
    code = await code_of(world)
    assert (await world.tell("results", "acme.club", code=code)).json()["error"] == "code_spent"
    assert (await world.tell("results", code=code)).status_code == 200


async def test_after_a_minute_it_is_over(world: World) -> None:
    issued = datetime.now(UTC) - timedelta(seconds=61)
    result, keyring = Result(VERA, "complete"), world.runtime.keyring
    code = await world.database.write(issue_code, keyring, ("acme", "shop"), result, issued)
    assert (await world.tell("results", code=code)).json()["error"] == "code_spent"


async def test_a_ticket_is_no_code_and_a_code_no_ticket(door: World) -> None:
    path, code = await door.errand(), await code_of(door, sub="somebody")
    ticket = path.rpartition("/")[2]
    assert (await door.tell("results", code=ticket)).json()["error"] == "code_spent"
    assert (await door.visit(f"/v1/hosted/{code}")).status == 410
    assert (await door.frame(f"/v1/frames/{code}")).status == 410
    assert (await door.visit(path)).status == 200
    assert (await door.tell("results", code=code)).status_code == 200


@pytest.mark.parametrize("code", ["", "x", "x" * 43, "é" * 43, "x" * 5000])
async def test_what_was_never_a_code_is_answered_as_a_spent_one(door: World, code: str) -> None:
    answer = await door.tell("results", code=code)
    assert (answer.status_code, answer.json()["error"]) == (400, "code_spent")


@pytest.mark.parametrize(
    "body", [{}, {"code": 7}, {"code": None}, {"code": "x", "state": 1}, {"code": "x", "more": 1}]
)
async def test_a_body_that_is_none_is_said_to_its_author(door: World, body: dict[str, Any]) -> None:
    answer = await door.tell("results", **body)
    assert (answer.status_code, answer.json()["error"]) == (400, "request_body")


async def test_a_stranger_learns_nothing(door: World) -> None:
    answer = await door.client.post("/api/v1/results", json={"code": "x" * 43})
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")


async def test_only_what_was_asked_here_and_may_be_read_is_told(world: World) -> None:
    """`plan` is read by the site, and was not asked; `website` was left blank."""
    page = await world.visit(await world.errand(traits={"plan": "pro", "score": 7}))
    office = await world.on_page(page, ANSWERS, company="Acme")
    end = await world.on_page(office, "fragments/skips")
    code = dict(parse_qsl(urlsplit(end.headers["refresh"].partition("url=")[2]).query))["code"]
    assert (await world.tell("results", code=code)).json()["answers"] == {"company": "Acme"}


async def test_an_attribute_that_is_hidden_from_servers_is_not_told(world: World) -> None:
    await world.publishes(
        **{"nickname: {kind: text}": "nickname: {kind: text, access: {application: hidden}}"}
    )
    page = await world.visit(await world.errand(moment={"on": "click", "name": "must"}))
    end = await world.on_page(page, ANSWERS, nickname="Vee")
    code = dict(parse_qsl(urlsplit(end.headers["refresh"].partition("url=")[2]).query))["code"]
    result = (await world.tell("results", code=code)).json()
    assert (result["status"], result["answers"]) == ("complete", {})
    assert (await world.answers())["nickname"] == "Vee"


@pytest.mark.parametrize(
    "return_to",
    [
        None,
        "",
        "https://evil.example",
        "https://evil.example/welcome",
        "https://shop.example",
        "https://shop.example/",
        "https://shop.example/welcome/",
        "https://shop.example/welcome?x=1",
        "https://shop.example/welcome#x",
        "https://shop.example/WELCOME",
        "https://shop.example@evil.example/welcome",
        "https://shop.example:443/welcome",
        "https://shop.example.evil.example/welcome",
        "http://shop.example/welcome",
        "//shop.example/welcome",
        "/welcome",
        "javascript:alert(1)",
        "data:text/html,x",
        "https:\\\\shop.example\\welcome",
        " https://shop.example/welcome",
        "https://shop.example/welcome\r\nSet-Cookie: x=1",
        "https://shop.example/./welcome",
        "https://shop.example/welcom%65",
    ],
)
async def test_a_person_goes_back_to_a_listed_address_to_the_letter(
    door: World, return_to: str | None
) -> None:
    asked = await door.ask(mode="hosted", return_to=return_to)
    assert (asked.status, asked.response.json()["error"]) == (403, "return_url")
    if return_to is not None:
        asked_too = await door.tell("requirements", sub=VERA, return_to=return_to)
        assert (asked_too.status_code, asked_too.json()["error"]) == (403, "return_url")
    assert (await door.person()).version == 0


@pytest.mark.parametrize("state", ["a\r\nLocation: x", "a\nb", "\x7f", "x" * 1025, "\x85", 7])
async def test_a_state_that_no_address_should_hold_is_refused(door: World, state: Any) -> None:
    asked = await door.ask(mode="hosted", return_to=WELCOME, state=state)
    assert (asked.status, asked.response.json()["error"]) == (400, "request_body")


async def test_more_claims_than_a_form_can_carry_are_refused(door: World) -> None:
    for size, status in ((400, 201), (600, 400)):
        claims = {"tier": "x" * size}
        asked = await door.ask(mode="hosted", return_to=WELCOME, claims=claims)
        assert asked.status == status


async def test_a_site_without_hosted_pages_gets_no_ticket_for_one(door: World) -> None:
    asked = await door.ask(site="acme.club", mode="hosted", return_to=WELCOME)
    assert (asked.status, asked.response.json()["error"]) == (403, "token_mode")
    told = await door.tell("requirements", "acme.club", sub=VERA, return_to=WELCOME)
    assert (told.status_code, told.json()["error"]) == (403, "token_mode")


async def test_a_ticket_for_a_page_has_an_address_and_no_height(door: World) -> None:
    asked = await door.ask(mode="hosted", origin=None, return_to=WELCOME)
    answer = asked.response.json()
    assert answer.keys() == {"decision", "ticket", "url", "expires_in"}
    assert answer["url"] == f"https://ask.example/v1/hosted/{answer['ticket']}"

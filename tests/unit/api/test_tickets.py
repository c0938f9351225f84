"""A site's backend asks: nothing, or a ticket that opens a frame once."""

import time
from typing import Any

import pytest

from tests.unit.signing import CLUBS, ED25519, OURS, SHOP, AnyKey, forge, sign
from tests.unit.world import CLUB, VERA, World

TICKETS = "/api/v1/tickets"
HEADER = {"alg": "Ed25519", "kid": "k1", "typ": "askonce-client+jwt"}


def credential(key: AnyKey = ED25519, **said: Any) -> str:
    now = int(time.time())
    claims = {"iss": "acme.shop", "aud": OURS, "iat": now, "exp": now + 60} | said
    return sign(HEADER, claims, key=key)


async def test_something_to_ask_is_a_ticket_with_the_room_it_takes(world: World) -> None:
    asked = await world.ask()
    answer = asked.response.json()
    assert asked.status == 201
    assert answer.keys() == {"decision", "ticket", "url", "height", "expires_in"}
    assert (answer["decision"], answer["expires_in"]) == ("ask", 60)
    assert answer["url"] == f"{OURS}/v1/frames/{answer['ticket']}"
    assert len(answer["ticket"]) == 43
    assert 200 < answer["height"] < 1000
    assert asked.headers["cache-control"] == "no-store"


async def test_nothing_to_ask_is_said_and_the_login_counts(world: World) -> None:
    for sid in ("one", "one", "two"):
        asked = await world.ask(sid=sid, moment={"on": "event", "name": "unheard"})
        assert (asked.status, asked.response.json()) == (200, {"decision": "nothing"})
    assert (await world.person()).logins() == 2


async def test_a_longer_step_takes_more_room(world: World) -> None:
    heights = [
        (await world.ask(moment={"on": "click", "name": name})).response.json()["height"]
        for name in ("must", "names")
    ]
    assert heights[0] < heights[1]


async def test_the_editor_is_always_something(world: World) -> None:
    assert (await world.ask(view="profile")).status == 201


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"origin": CLUB}, 403, "token_origin"),
        ({"origin": None}, 403, "token_origin"),
        ({"mode": "hosted"}, 403, "return_url"),
        ({"mode": "element"}, 400, "request_body"),
        ({"view": "all"}, 400, "request_body"),
        ({"sub": 7}, 400, "request_body"),
        ({"sub": ""}, 400, "token_subject"),
        ({"sub": "x" * 256}, 400, "token_subject"),
        ({"sub": "a\x00b"}, 400, "body_json"),
        ({"sub": "a\nb"}, 400, "token_subject"),
        ({"surprise": 1}, 400, "request_body"),
        ({"auth_time": 2**40}, 400, "token_auth_time"),
        ({"auth_time": 0}, 400, "token_auth_time"),
        ({"auth_time": -1}, 400, "token_auth_time"),
        ({"auth_time": "now"}, 400, "request_body"),
        ({"signed_up_at": 2**70}, 400, "body_json"),
        ({"clock": 0}, 400, "request_body"),
        ({"clock": 10**18}, 400, "request_body"),
        ({"moment": {"on": "never"}}, 400, "unknown_moment"),
        ({"moment": {"on": 1}}, 400, "unknown_moment"),
        ({"moment": {"at": "x"}}, 400, "unknown_moment"),
        ({"moment": {"name": "n" * 3000}}, 400, "unknown_moment"),
        ({"moment": "login"}, 400, "request_body"),
        ({"traits": ["x"]}, 400, "request_body"),
        ({"locale": ["en"]}, 400, "request_body"),
    ],
)
async def test_a_wrong_request_is_said_to_its_author(
    door: World, body: dict[str, Any], status: int, code: str
) -> None:
    asked = await door.ask(**body)
    answer = asked.response.json()
    assert (asked.status, answer["error"]) == (status, code)
    assert answer["message"].endswith(".")
    assert (await door.person()).version == 0


@pytest.mark.parametrize("locale", ["", "x", "de_DE", "zh-Hant-TW", "e" * 5000, "💥"])
async def test_any_wish_for_a_language_is_heard_or_left(door: World, locale: str) -> None:
    assert (await door.ask(locale=locale)).status == 201


async def test_a_backend_asks_for_its_own_site_alone(door: World) -> None:
    headers = {"authorization": f"Bearer {credential()}"}
    for site, status in (("acme.shop", 201), ("shop", 201), ("acme.club", 401), ("", 401)):
        body = {"sub": VERA, "origin": SHOP, "site": site}
        asked = await door.client.post(TICKETS, json=body, headers=headers)
        assert asked.status_code == status


async def test_only_a_sandbox_may_say_what_time_it_is(door: World) -> None:
    assert (await door.ask(clock=int(time.time()) + 9)).status == 201
    refused = await door.ask(site="acme.club", origin=CLUB, clock=int(time.time()) + 9)
    assert (refused.status, refused.response.json()["error"]) == (403, "token_clock")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer x.y.z",
        "Basic dmVyYTp4",
        f"Bearer {credential(aud='https://elsewhere.example')}",
        f"Bearer {credential(iss='acme.club')}",
        f"Bearer {credential(iss='nobody.nowhere')}",
        f"Bearer {credential(iss=None)}",
        f"Bearer {credential(exp=1)}",
        f"Bearer {credential(exp=int(time.time()) + 3600)}",
        f"Bearer {forge(credential())}",
    ],
)
async def test_who_is_not_a_sites_backend_hears_one_sentence(
    door: World, authorization: str
) -> None:
    asked = await door.client.post(
        TICKETS, json={"sub": VERA, "origin": SHOP}, headers={"authorization": authorization}
    )
    assert asked.status_code == 401
    told = asked.json()
    assert told.pop("docs").startswith(f"{OURS}/doctor#")
    told.pop("refusal", None)  # a sandbox's backend alone is told why
    assert told == {"error": "unauthorized", "message": "The token is not valid."}


@pytest.mark.parametrize(
    ("site", "said", "told"),
    [
        ("acme.shop", {"aud": "https://elsewhere.example"}, "token_audience"),
        ("acme.shop", {"exp": 1}, "token_lifetime"),
        ("acme.club", {"aud": "https://elsewhere.example"}, None),
        ("acme.nowhere", {}, None),
    ],
)
async def test_why_a_credential_is_not_believed_is_told_of_a_sandbox_alone(
    door: World, logged: list[str], site: str, said: dict[str, Any], told: str | None
) -> None:
    key = CLUBS if site == "acme.club" else ED25519
    headers = {"authorization": f"Bearer {credential(iss=site, key=key, **said)}"}
    asked = await door.client.post(TICKETS, json={"sub": VERA, "origin": SHOP}, headers=headers)
    assert asked.json().get("refusal") == told
    assert asked.headers.get("askonce-refusal") == told
    assert asked.json()["docs"] == f"{OURS}/doctor#{told or 'unauthorized'}"
    assert '"refusal":"token_' in logged[-1]


async def test_what_a_page_may_show_opens_no_back_channel(door: World) -> None:
    headers = {"authorization": f"Bearer {door.assertion()}"}
    asked = await door.client.post(TICKETS, json={"sub": VERA, "origin": SHOP}, headers=headers)
    assert asked.status_code == 401


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"sub": "a", "sub": "b"}', "application/json", 400),
        (b'{"sub": "\\ud800"}', "application/json", 400),
        (b'{"sub": "\xff"}', "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"sub=vera", "application/x-www-form-urlencoded", 415),
        (b'{"sub": "' + b"x" * 70_000 + b'"}', "application/json", 413),
    ],
)
async def test_a_body_that_is_none_is_refused(
    door: World, content: bytes, media_type: str, status: int
) -> None:
    headers = {"authorization": f"Bearer {credential()}", "content-type": media_type}
    asked = await door.client.post(TICKETS, content=content, headers=headers)
    assert asked.status_code == status
    assert asked.json().keys() == {"error", "message", "docs"}
    assert asked.json()["docs"] == f"{OURS}/doctor#{asked.json()['error']}"


async def test_a_backend_needs_no_permission_to_cross_origins(door: World) -> None:
    asked = await door.ask(headers={"origin": SHOP})
    assert not any(name.startswith("access-control") for name in asked.headers)

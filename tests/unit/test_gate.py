"""The gate: what a flood gets, that it costs nearly nothing, and that nobody else notices."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from app.lib.db import Database
from app.lib.signatures import Verifier
from app.settings import Settings
from tests.unit.signing import ED25519, OURS, SHOP, forge, sign
from tests.unit.world import SECRET, Shown, World, document, open_world, publish_document

FLOOD, OFFICE, HOME = "203.0.113.66", "198.51.100.1", "2001:db8::7"
MOUNT = "/v1/sites/acme.shop/fragments/{}"
PLACE = "fragments/frame/answers"
NEAR = (ip_network("127.0.0.0/8"),)
EVENT = {"askonce-error": {"status": "429"}}
GARBAGE = {"authorization": "Bearer a.b.c"}


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def gate(database: Database, database_url: str, clock: Clock) -> AsyncIterator[World]:
    """The world behind a proxy, with limits that a test reaches soon."""
    await publish_document(database, document())
    limits: Any = {"limit_address": 3, "limit_person": 1, "limit_refused": 60, "limit_site": 0}
    settings = Settings(
        OURS, database_url=database_url, secrets=(SECRET,), trusted_proxies=NEAR, **limits
    )
    async with open_world(database_url, settings=settings, clock=clock) as world:
        yield world


def at(address: str, **headers: str) -> dict[str, str]:
    return {"x-forwarded-for": address, **headers}


async def flood(
    world: World, times: int, path: str = MOUNT.format(4), address: str = FLOOD, **headers: str
) -> httpx.Response:
    """Mounts with nothing, or with these headers, from the flooding address; the last answer."""
    sent = at(address, origin=SHOP, **headers)
    answers = [await world.client.get(path, headers=sent) for _ in range(times)]
    return answers[-1]


@contextmanager
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every signature that is looked at within the block: the real check, and a note of it."""
    found: list[str] = []
    real = Verifier.holds

    def holds(self: Verifier, token: Any) -> bool:
        found.append(token.header.kid)
        return real(self, token)

    with monkeypatch.context() as patch:
        patch.setattr(Verifier, "holds", holds)
        yield found


# What is answered


@pytest.mark.parametrize("dialect", ["2", "4"])
async def test_a_mount_that_is_refused_shows_nothing_and_its_page_hears_when_to_ask(
    gate: World, dialect: str
) -> None:
    answer = Shown(await flood(gate, 31, MOUNT.format(dialect)))
    assert (answer.status, answer.response.text) == (429, "")
    assert answer.events == EVENT
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("dialect", ["2", "4"])
async def test_a_form_that_is_refused_stays_in_the_page(gate: World, dialect: str) -> None:
    shown = await gate.mount(dialect, headers=at(OFFICE))
    await flood_good(gate, OFFICE)
    answer = await gate.post(
        f"/v1/sites/acme.shop/fragments/{dialect}/answers",
        {"_t": shown.token, "company": "Acme"},
        headers=at(OFFICE),
    )
    assert (answer.status, answer.response.text, answer.events) == (429, "", EVENT)
    form = next(one for one in shown.page.root.iter("form") if one.get("hx-post"))
    assert dialect == "2" or form.get("hx-status:429") == "swap:none"
    assert (await gate.answers()) == {}


async def flood_good(world: World, address: str) -> None:
    """Use up what an address may ask, with requests that are not refused."""
    for _ in range(40):
        await world.client.get("/v1/sites/acme.shop/nothing", headers=at(address))


async def test_a_browser_without_a_script_reads_why_in_its_language(gate: World) -> None:
    await flood(gate, 31)
    headers = at(FLOOD, accept="text/html", **{"accept-language": "ar"})
    answer = Shown(await gate.client.get("/v1/frames/" + "x" * 43, headers=headers))
    assert (answer.status, answer.is_document) == (429, True)
    root = answer.page.root
    assert root.get("dir") == "rtl"
    assert list(root.iter("script")) == []
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    assert int(answer.headers["retry-after"]) >= 1


async def test_a_backend_reads_it_as_json(gate: World) -> None:
    headers = at(FLOOD, **GARBAGE)
    responses = [await gate.client.post("/api/v1/tickets", headers=headers) for _ in range(21)]
    response = responses[-1]
    assert (response.status_code, response.json()["error"]) == (429, "too_many")
    assert response.headers["content-type"] == "application/json"
    assert int(response.headers["retry-after"]) >= 1


async def test_what_is_static_and_health_are_never_refused(gate: World) -> None:
    await flood(gate, 60)
    for path in ("/health", "/ready", "/embed/1/frame.js", "/embed/themes/acme.shop/theme.css"):
        assert (await gate.client.get(path, headers=at(FLOOD))).status_code == 200


async def test_it_is_counted_and_logged_as_what_it_is(gate: World, logged: list[str]) -> None:
    labels = {"route": "/v1/", "method": "GET", "status": "429", "refusal": "too_many"}
    before = REGISTRY.get_sample_value("askonce_requests_total", labels) or 0
    await flood(gate, 40)
    assert (REGISTRY.get_sample_value("askonce_requests_total", labels) or 0) > before
    line = json.loads(logged[-1])
    assert (line["route"], line["status"], line["refusal"]) == ("/v1/", 429, "too_many")
    assert FLOOD not in "".join(logged)


# Whom it reaches


async def test_others_do_not_notice(gate: World) -> None:
    await flood(gate, 60)
    for address in (OFFICE, HOME):
        assert (await gate.mount(headers=at(address))).status == 200


async def test_a_network_of_ipv6_is_one_address(gate: World) -> None:
    statuses = [
        (await flood(gate, 1, address=f"2001:db8:0:1::{number:x}")).status_code
        for number in range(40)
    ]
    assert (statuses[0], statuses[-1]) == (401, 429)


async def test_what_a_client_says_of_itself_changes_nothing(gate: World) -> None:
    statuses = [
        (await flood(gate, 1, address=f"192.0.2.{number}, {FLOOD}")).status_code
        for number in range(40)
    ]
    assert (statuses[0], statuses[-1]) == (401, 429)


async def test_a_good_person_beside_a_guesser_is_let_in(gate: World) -> None:
    shown = await gate.mount(headers=at(OFFICE))
    forged = f"Bearer {gate.keep(forge(gate.assertion(sub='guess')))}"
    assert (await flood(gate, 25, address=OFFICE, authorization=forged)).status_code == 429
    assert (await gate.mount(headers=at(OFFICE))).status == 200
    typed = {"_t": shown.token, "company": "Acme"}
    place = "/v1/sites/acme.shop/fragments/4/answers"
    assert (await gate.post(place, typed, headers=at(OFFICE))).status == 200


async def test_after_its_time_the_address_is_let_in_again(gate: World, clock: Clock) -> None:
    answer = await flood(gate, 31)
    clock.now += int(answer.headers["retry-after"])
    assert (await gate.mount(headers=at(FLOOD))).status == 200


async def test_a_person_who_sends_too_often_keeps_what_was_typed(gate: World) -> None:
    shown = await gate.mount("2", headers=at(OFFICE))
    answers = [await gate.send(shown, "answers", "2", company="") for _ in range(12)]
    assert {one.status for one in answers} == {200}
    answer = answers[-1]
    assert answer.events["askonce-error"]["status"] == "too_many"
    assert answer.headers["retry-after"] == "5"
    assert "This was too often" in answer.text
    assert answer.element("answers-fields").get("hx-preserve") is not None


async def test_without_a_script_what_was_typed_comes_back(gate: World, clock: Clock) -> None:
    frame = await gate.frame(await gate.ticket())
    answers = [await gate.in_frame(frame, PLACE, company="Acme", website="x") for _ in range(12)]
    answer = answers[-1]
    assert (answer.status, answer.is_document) == (429, True)
    assert answer.typed("Company") == "Acme"
    clock.now += 5
    saved = await gate.in_frame(answer, PLACE, company="Acme")
    assert saved.heading == "Your office"


# What it costs


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 401),
        (GARBAGE, 401),
        ({"authorization": "Bearer " + "x" * 9000}, 401),
        ({"authorization": "a token of an unknown key"}, 401),
    ],
)
async def test_garbage_asks_no_database_and_no_signature(
    gate: World, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], code: int
) -> None:
    await gate.runtime.releases.poll()
    with looked_at(monkeypatch) as seen, watched(gate) as statements:
        answer = await gate.client.get(MOUNT.format(4), headers=at(HOME, origin=SHOP, **headers))
    assert (answer.status_code, seen, statements()) == (code, [], [])


async def test_a_forged_token_costs_one_signature_and_no_statement(
    gate: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = f"Bearer {gate.keep(forge(gate.assertion()))}"
    headers = at(HOME, origin=SHOP, authorization=forged)
    with looked_at(monkeypatch) as seen, watched(gate) as statements:
        answer = await gate.client.get(MOUNT.format(4), headers=headers)
    assert (answer.status_code, seen, statements()) == (401, ["k1"], [])


@pytest.mark.parametrize("kid", ["k2", "../../k1"])
async def test_an_unknown_key_costs_none(
    gate: World, monkeypatch: pytest.MonkeyPatch, kid: str
) -> None:
    header = {"alg": "Ed25519", "kid": kid, "typ": "askonce+jwt"}
    forged = f"Bearer {gate.keep(sign(header, {'iss': 'acme.shop'}, key=ED25519))}"
    headers = at(HOME, origin=SHOP, authorization=forged)
    with looked_at(monkeypatch) as seen, watched(gate) as statements:
        answer = await gate.client.get(MOUNT.format(4), headers=headers)
    assert (answer.status_code, seen, statements()) == (401, [], [])


async def test_a_flood_of_forged_tokens_costs_no_more_signatures_than_are_free(
    gate: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = f"Bearer {gate.keep(forge(gate.assertion()))}"
    with looked_at(monkeypatch) as seen, watched(gate) as statements:
        answer = await flood(gate, 60, authorization=forged)
    assert (answer.status_code, len(seen), statements()) == (429, 20, [])


async def test_of_who_is_refused_no_body_is_read(gate: World) -> None:
    await flood(gate, 60)

    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        read.append(b"company=Acme")
        yield read[-1]

    headers = at(FLOOD, origin=SHOP, **{"content-type": "application/x-www-form-urlencoded"})
    place = MOUNT.format(4) + "/answers"
    answer = await gate.client.post(place, content=body(), headers=headers)
    assert (answer.status_code, read) == (429, [])


async def test_guessing_at_tickets_ends_soon(gate: World) -> None:
    statuses = [
        (await gate.frame(f"/v1/frames/{number:043d}", x_forwarded_for=FLOOD)).status
        for number in range(100)
    ]
    assert statuses[0] == 410
    assert statuses[-1] == 429


@contextmanager
def watched(world: World) -> Iterator[Any]:
    """The statements of the block, but for the watch for releases, which goes on beside it."""
    with world.runtime.database.counting() as counted:
        yield lambda: [one for one in counted.statements if "workspaces" not in one]


# Where nobody said anything about proxies


async def test_behind_a_proxy_that_nobody_named_no_address_is_limited(door: World) -> None:
    headers = {"origin": SHOP}
    answers = [await door.client.get(MOUNT.format(4), headers=headers) for _ in range(60)]
    assert {one.status_code for one in answers} == {401}


async def test_a_proxy_from_outside_that_nobody_named_is_told_of_once(
    database: Database, database_url: str, logged: list[str]
) -> None:
    await publish_document(database, document())
    async with open_world(database_url) as world:
        transport = httpx.ASGITransport(world.app, client=(OFFICE, 4711))
        async with httpx.AsyncClient(transport=transport, base_url=OURS) as proxy:
            for _ in range(3):
                await proxy.get(MOUNT.format(4), headers=at(HOME))
    told = [line for line in logged if "proxy_not_trusted" in line]
    assert len(told) == 1
    assert OFFICE not in "".join(logged)

"""The application as a whole: its health, what it says when it breaks, and what it never says."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.lib.db import Database
from app.runtime import create_runtime
from app.settings import Settings, SettingsError
from tests.unit.signing import OURS, SHOP
from tests.unit.world import SECRET, World, document, open_world, publish_document

ANSWERS = "/v1/sites/acme.shop/fragments/4/answers"
FORM = {"origin": SHOP, "content-type": "application/x-www-form-urlencoded"}


async def test_a_process_that_lives_says_so(world: World) -> None:
    health = await world.client.get("/health")
    assert (health.status_code, health.text) == (200, "ok")
    ready = await world.client.get("/ready")
    assert (ready.status_code, ready.text) == (200, "ok")


async def test_it_is_not_ready_without_a_configuration(
    database: Database, database_url: str
) -> None:
    async with open_world(database_url) as empty:
        ready = await empty.client.get("/ready")
        assert (ready.status_code, ready.text) == (503, "no configuration is published")
        assert (await empty.client.get("/health")).status_code == 200
        assert (await empty.mount()).status == 404


async def test_it_is_not_ready_without_a_database(database: Database, database_url: str) -> None:
    await publish_document(database, document())
    async with open_world(database_url) as world:
        pass
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url=OURS) as late:
        ready = await late.get("/ready")
    assert (ready.status_code, ready.text) == (503, "the database is away")


def test_without_a_secret_there_is_no_application() -> None:
    with pytest.raises(SettingsError, match="ASKONCE_SECRET"):
        create_runtime(Settings(OURS))


async def test_another_secret_opens_no_form(database: Database, database_url: str) -> None:
    await publish_document(database, document())
    async with open_world(database_url) as world:
        step = await world.mount()
        settings = Settings(OURS, database_url=database_url, secrets=(SECRET[::-1], SECRET))
        async with open_world(database_url, settings=settings) as rotated:
            assert (await rotated.send(step, "answers", company="Acme")).status == 200
        settings = Settings(OURS, database_url=database_url, secrets=(SECRET[::-1],))
        async with open_world(database_url, settings=settings) as other:
            assert (await other.send(step, "answers", company="Acme")).status == 401


# When it breaks


async def broken() -> AsyncIterator[bytes]:
    """A body on which the server below us breaks, saying more than it should."""
    yield b"company=Acme"
    raise RuntimeError("while reading what vera-4711 typed: Acme")


@pytest.mark.parametrize(
    "path", [ANSWERS, "/v1/sites/acme.shop/fragments/4", "/v1/sites/acme.shop/profile/4/answers"]
)
async def test_a_fault_is_one_sentence_without_detail(
    door: World, logged: list[str], path: str
) -> None:
    response = await door.client.post(path, content=broken(), headers=FORM)
    assert (response.status_code, response.text) == (500, "Something went wrong here.")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["access-control-allow-origin"] == SHOP
    fault, request = (json.loads(line) for line in logged[-2:])
    assert (fault["event"], fault["exception"]) == ("fault", "RuntimeError")
    assert fault["where"][-1].startswith("test_main.py:")
    assert (request["event"], request["status"]) == ("request", 500)
    assert "vera" not in "".join(logged)
    assert "Acme" not in "".join(logged)


async def test_after_a_fault_it_goes_on(door: World) -> None:
    await door.client.post(ANSWERS, content=broken(), headers=FORM)
    assert (await door.mount()).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/sites/acme.shop", 404),
        ("GET", "/metrics", 404),  # on an address of its own
        ("GET", "/gallery", 404),  # for development alone
        ("GET", "/schema", 404),
        ("GET", "/embed/9/fragment.css", 404),
        ("GET", "/embed/1/..%2f..%2fapp%2fmain.py", 404),
        ("POST", "/health", 405),
        ("GET", "/api/v1/tickets", 405),
    ],
)
async def test_what_there_is_not_says_nothing_of_what_there_is(
    door: World, method: str, path: str, status: int
) -> None:
    response = await door.client.request(method, path)
    assert (response.status_code, response.text) == (status, "")


@pytest.mark.parametrize("name", ["fragment.css", "frame.css", "frame.js", "loader.js"])
async def test_what_pages_embed_is_kept_for_ever_by_version(door: World, name: str) -> None:
    for version, kept in (("1.0.0", "max-age=31536000, immutable"), ("1", "max-age=300")):
        response = await door.client.get(f"/embed/{version}/{name}")
        assert response.status_code == 200
        assert response.headers["cache-control"] == f"public, {kept}"
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-type"].count("charset=utf-8") == 1


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None), ("", None)],
)
async def test_what_pages_embed_is_the_same_however_it_is_packed(
    door: World, accepted: str, encoding: str | None
) -> None:
    plain = await door.client.get("/embed/1/frame.js", headers={"accept-encoding": "identity"})
    packed = await door.client.get("/embed/1/frame.js", headers={"accept-encoding": accepted})
    assert packed.headers.get("content-encoding") == encoding
    assert packed.text == plain.text


# What it never says


async def test_no_line_of_the_log_holds_what_passed_through(
    world: World, logged: list[str]
) -> None:
    query = {"on": "page", "name": "query-4711", "locale": "de"}
    headers = {"hx-current-url": "https://shop.example/account?session=host-4711"}
    await world.mount(query=query, headers=headers, traits={"given_name": "Veronika-4711"})
    step = await world.mount()
    url = "https://shop.example/orders/url-4711?card=url-4711"
    await world.post(
        "/v1/sites/acme.shop/fragments/4", {"assertion": world.assertion(), "url": url}
    )
    await world.send(step, "answers", company="Acme 4711", csrf="csrf-4711")
    await world.send(step, "answers", website="typed-4711")
    frame = await world.ticket()
    for _ in range(2):
        await world.frame(frame)
    await world.client.get("/v1/frames/ticket-4711")
    await world.client.get("/nowhere/path-4711?query-4711")
    lines = [json.loads(line) for line in logged]
    assert len(lines) >= 9
    assert "4711" not in "".join(logged)
    known: set[str] = {"event", "level", "timestamp", "route", "method", "status", "ms"}
    told: set[Any] = {name for line in lines for name in line} - known
    assert told <= {"refusal", "ignored_fields", "counted_as"}

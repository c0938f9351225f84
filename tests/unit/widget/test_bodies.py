"""Bodies as browsers never send them: each is refused, nothing is written, memory stays flat."""

import json
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.domain import subjects
from app.lib.db import Database
from tests.unit.signing import SHOP
from tests.unit.world import Shown, World, document, open_world, publish_document

ANSWERS = "/v1/sites/acme.shop/fragments/4/answers"
FORM = "application/x-www-form-urlencoded"
MEGABYTE = 1024 * 1024


async def sent(world: World, content: Any, media_type: str = FORM, path: str = ANSWERS) -> Shown:
    headers = {"origin": SHOP, "content-type": media_type, "hx-request": "true"}
    return Shown(await world.client.post(path, content=content, headers=headers))


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("company=%00", 400),
        ("company=a%00b", 400),
        ("company=%ED%A0%80", 400),  # a lone surrogate, as UTF-8 must not write it
        ("company=%ff", 400),
        ("company=%C0%AF", 400),
        ("company=%F4%90%80%80", 400),
        ("company=%zz", 400),
        ("company=%", 400),
        ("%00=x", 400),
        ("company=Acme&" + "&".join(f"f{n}=1" for n in range(10_000)), 413),
        ("company=Acme&" + "company=Acme&" * 600, 413),
    ],
)
async def test_a_body_that_is_broken_or_too_large_is_refused(
    door: World, typed: str, status: int
) -> None:
    step = await door.mount()
    refused = await sent(door, f"_t={step.token}&{typed}")
    assert refused.status == status
    assert refused.heading in ("This form cannot be shown here", "This is too much text")
    assert refused.events == {"askonce-error": {"status": str(status)}}
    assert refused.headers["access-control-allow-origin"] == SHOP
    assert await door.answers() == {}


DIALECTS = {"2": 200, "4": 413, "frame": 413}  # htmx 2 shows no other status
TOO_MUCH = "This is too much text. Shorten your answers and save again."
LONG = "x" * 300_000


async def opened(world: World, dialect: str) -> Shown:
    if dialect == "frame":
        return await world.frame(await world.ticket())
    return await world.mount(dialect)


async def answer(world: World, shown: Shown, dialect: str, **typed: str) -> Shown:
    if dialect == "frame":
        return await world.in_frame(shown, "fragments/frame/answers", scripted=True, **typed)
    return await world.send(shown, "answers", dialect, **typed)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_whoever_typed_too_much_keeps_it_and_can_shorten_it(
    world: World, dialect: str, logged: list[str]
) -> None:
    step = await opened(world, dialect)
    refused = await answer(world, step, dialect, company=LONG)
    assert (refused.status, refused.heading) == (DIALECTS[dialect], "About your work")
    assert TOO_MUCH in refused.text
    assert refused.events["askonce-error"]["status"] == "too_much"
    assert json.loads(logged[-1])["refusal"] == "body_size"
    fields = refused.element("fields")
    assert fields.get("id") == step.element("fields").get("id")
    assert fields.get("hx-preserve") is not None
    assert await world.answers() == {}
    assert (await answer(world, refused, dialect, company="Acme")).heading == "Your office"


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_who_is_known_well_enough_keeps_what_was_typed(
    world: World, dialect: str, logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    step = await opened(world, dialect)
    monkeypatch.setattr(subjects, "HARD_LIMIT", 400)
    refused = await answer(world, step, dialect, company="Acme")
    assert (refused.status, refused.heading) == (DIALECTS[dialect], "About your work")
    assert TOO_MUCH in refused.text
    assert refused.typed("Company") == "Acme"
    assert json.loads(logged[-1])["refusal"] == "answers_size"
    monkeypatch.undo()
    assert (await answer(world, refused, dialect, company="Acme")).heading == "Your office"


async def test_too_much_is_refused_in_the_editor_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.send(await world.mount(), "answers", company="Acme")
    place = "profile/4/answers"
    page = await world.mount(place="profile")
    form = await world.submit(page, "profile/4/questions", attribute="company")
    kept = await world.submit(form, place, company=LONG)
    assert kept.element("fields").get("hx-preserve") is not None
    monkeypatch.setattr(subjects, "HARD_LIMIT", 400)
    typed = await world.submit(form, place, company="Acme Press")
    assert typed.typed("Company") == "Acme Press"
    for refused in (kept, typed):
        assert (refused.status, refused.heading) == (413, "Change your answer")
        assert TOO_MUCH in refused.text
        assert refused.events == {"askonce-error": {"status": "too_much"}}
    monkeypatch.undo()
    assert (await world.submit(kept, place, company="Acme Press")).heading == "Your answers"


async def test_without_a_script_too_much_is_a_page_that_says_so(world: World) -> None:
    frame = await world.frame(await world.ticket())
    refused = await world.in_frame(frame, "fragments/frame/answers", company=LONG)
    assert (refused.status, refused.heading) == (413, "This is too much text")
    assert await world.answers() == {}


@pytest.mark.parametrize("action", ["answers", "skips", "dismissals", "prompts"])
async def test_too_much_with_a_token_of_nobody_is_refused(world: World, action: str) -> None:
    step = await world.mount()
    forged = step.token[:-8] + "AAAAAAAA"
    path = f"/v1/sites/acme.shop/fragments/4/{action}"
    refused = await sent(world, f"_t={forged}&company={LONG}", path=path)
    assert (refused.status, refused.heading) == (413, "This is too much text")


@pytest.mark.parametrize("action", ["skips", "dismissals", "prompts"])
async def test_what_sends_no_fields_is_never_too_much(world: World, action: str) -> None:
    step = await world.mount()
    path = f"/v1/sites/acme.shop/fragments/4/{action}"
    refused = await sent(world, f"_t={step.token}&company={LONG}", path=path)
    assert (refused.status, refused.heading) == (413, "This is too much text")
    assert await world.happened() == ["logged_in"]


async def test_what_is_not_too_long_is_not_too_large_in_any_script(
    database: Database, database_url: str, private: set[str]
) -> None:
    several_lines = {"nickname: {kind: text}": "nickname: {kind: multiline}"}
    await publish_document(database, document(**several_lines))
    async with open_world(database_url, private=private) as world:
        names = await world.mount(query={"on": "click", "name": "names"})
        written = "\u5b57" * 10_000
        saved = await world.send(names, "answers", nickname=written)
        assert saved.heading == "Thank you"
        assert (await world.answers())["nickname"] == written


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/json", "multipart/form-data; boundary=x", f"{FORM}; charset=x"],
)
async def test_a_body_of_another_type_is_refused(door: World, media_type: str) -> None:
    step = await door.mount()
    refused = await sent(door, f"_t={step.token}&company=Acme", media_type)
    assert refused.status == 415
    assert await door.answers() == {}


async def test_a_body_in_pieces_is_a_body(world: World) -> None:
    step = await world.mount()

    async def pieces() -> AsyncIterator[bytes]:
        for byte in f"_t={step.token}&company=Caf%C3%A9":
            yield byte.encode()

    assert (await sent(world, pieces())).heading == "Your office"
    assert (await world.answers())["company"] == "Café"


@pytest.mark.parametrize(
    "path", [ANSWERS, "/v1/sites/acme.shop/fragments/4", "/v1/sites/acme.shop/profile/4/answers"]
)
async def test_ten_megabytes_are_refused_and_never_held(door: World, path: str) -> None:
    await door.mount()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b"company=" + b"x" * (64 * 1024 - 8)

    tracemalloc.start()
    try:
        refused = await sent(door, endless(), path=path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.status == 413
    assert peak < 2 * MEGABYTE


async def test_who_never_stops_is_heard_no_further(door: World) -> None:
    await door.mount()
    count = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal count
        while True:
            count += 1
            yield b"x" * MEGABYTE

    assert (await sent(door, endless())).status == 413
    assert count < 20


async def test_a_line_that_breaks_off_writes_nothing_and_is_no_fault(
    door: World, logged: list[str]
) -> None:
    step = await door.mount()
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": f"_t={step.token}&company=Ac".encode(), "more_body": True},
        {"type": "http.disconnect"},
    ]
    answer = await raw(door, messages)
    assert answer[0]["status"] == 400
    assert json.loads(logged[-1])["refusal"] == "body_truncated"
    assert await door.answers() == {}


async def raw(world: World, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the application sends when it is told just this."""
    told = iter(messages)
    heard: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(told)

    async def send(message: Any) -> None:
        heard.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": ANSWERS,
        "raw_path": ANSWERS.encode(),
        "root_path": "",
        "query_string": b"",
        "client": ("127.0.0.1", 1),
        "server": ("ask.example", 443),
        "headers": [(b"origin", SHOP.encode()), (b"content-type", FORM.encode())],
        "state": {},
    }
    await world.app(scope, receive, send)
    return heard


@pytest.mark.parametrize("action", ["answer", "answers/more", "answers%00", "skips/x"])
async def test_an_unknown_action_is_not_found(door: World, action: str) -> None:
    step = await door.mount()
    path = f"/v1/sites/acme.shop/fragments/4/{action}"
    assert (await sent(door, f"_t={step.token}", path=path)).status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "TRACE"])
async def test_a_form_is_posted_and_nothing_else(door: World, method: str) -> None:
    response = await door.client.request(method, ANSWERS, headers={"origin": SHOP})
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]


async def test_a_repeated_token_is_no_second_chance(door: World) -> None:
    step = await door.mount()
    assert (await sent(door, f"_t=forged&_t={step.token}&company=Acme")).status == 401
    assert await door.answers() == {}
